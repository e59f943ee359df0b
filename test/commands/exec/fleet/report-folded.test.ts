import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MachineResult } from '../../../../src/commands/exec/fleet/machine.ts';
import { NO_STREAM } from '../../../../src/commands/exec/fleet/machine.ts';
import { reportFolded } from '../../../../src/commands/exec/fleet/report/report-folded.ts';

const MIB = 1024 * 1024;
const ZEROS = Buffer.alloc(64 * MIB);

function result(name: string, length: number): MachineResult {
  return {
    machine: { id: name, name, isWindows: false },
    end: { kind: 'exited', status: 0 },
    stdout: { bytes: ZEROS.subarray(0, length), isCut: false },
    stderr: NO_STREAM,
    commandId: 'command',
  };
}

it('folded outputs that are too many to be kept are printed at once, the others at the end', async () => {
  const printed: string[] = [];
  const report = reportFolded({
    width: undefined,
    output: {
      write(_stream, bytes) {
        if (bytes.length > 0 && bytes.length < MIB) printed.push(bytes.toString().trim());
        return Promise.resolve();
      },
    },
    placeOf: () => 0,
    cutMark: Buffer.from(''),
  });
  await report.machine(result('a', 64 * MIB));
  await report.machine(result('b', 64 * MIB - 1));
  assert.deepEqual(printed, []);
  await report.machine(result('c', 64 * MIB - 2));
  assert.deepEqual(printed, ['== status 0, on 1 machine: c ==']);
  await report.machine(result('d', 64 * MIB - 1));
  await report.end();
  assert.deepEqual(printed.slice(1), [
    '== status 0, same on 2 machines: b, d ==',
    '== status 0, on 1 machine: a ==',
  ]);
});
