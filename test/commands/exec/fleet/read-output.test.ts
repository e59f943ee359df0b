import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { EndedMachine } from '../../../../src/commands/exec/fleet/batches/fleet-state.ts';
import {
  createOutputReader,
  type OutputSource,
} from '../../../../src/commands/exec/fleet/read-output.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const SECOND_MS = 1_000;
/** A step of the virtual time, in which promises settle. */
const STEP_MS = 10;
const MIB = 1024 * 1024;
/** As long as the agent lets a stream be, with its mark (agent, `DefaultOutputConfig`). */
const CUT_STDOUT = `${'x'.repeat(23_980)}--output truncated--`;

function unused(): never {
  throw new Error('this is not called');
}

/** A source of outputs, whose calls are counted on a virtual clock. */
function setUp(stdout: string, content: () => Readable = unused) {
  const clock = createVirtualClock();
  const calls: number[] = [];
  const url = 'https://s3.us-east-1.amazonaws.com/bucket/command/i-1/stdout';
  const source: OutputSource = {
    clock,
    random: { uniform: () => 0.5 },
    onFailure: unused,
    onPartial: unused,
    signal: new AbortController().signal,
    store: { bucket: 'bucket', prefix: '' },
    calls: {
      invocationOutput() {
        calls.push(clock.monotonic());
        return Promise.resolve({ stdout, stderr: 'error', stdoutUrl: url, stderrUrl: url });
      },
      objectStore: () =>
        Promise.resolve({
          ...{ put: unused, startParts: unused, remove: unused },
          ...{ urlToRead: unused, urlToWrite: unused },
          read: () => Promise.resolve(content()),
        }),
    },
  };
  return { clock, calls, read: createOutputReader(source) };
}

function ended(n: number): EndedMachine {
  return {
    machine: { id: `i-${n}`, name: `web-${n}`, isWindows: false },
    end: { kind: 'exited', status: 0 },
    listed: 'out\n----------ERROR-------\nerror',
    commandId: 'command',
  };
}

describe('outputs that a list does not have whole', () => {
  it('cost at most ten calls a second, however many machines have ended at once', async () => {
    const { clock, calls, read } = setUp('out');
    const reading = Promise.all(Array.from({ length: 100 }, (_, n) => read(ended(n))));
    while (calls.length < 100) {
      clock.advance(STEP_MS);
      await new Promise(setImmediate);
    }
    assert.equal((await reading).length, 100);
    for (const from of calls) {
      const inASecond = calls.filter((at) => at >= from && at < from + SECOND_MS);
      assert.ok(inASecond.length <= 10, `${inASecond.length} calls from ${from} ms on`);
    }
  });

  it('are read from a bucket up to a limit, and then marked as cut', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(MIB, 'y');
    const endless = (): Readable =>
      new Readable({
        read() {
          sent++;
          this.push(chunk);
        },
      });
    const { read } = setUp(CUT_STDOUT, endless);
    const { stdout, stderr } = await read(ended(1));
    assert.equal(stdout.bytes.length, 64 * MIB);
    assert.equal(stdout.isCut, true);
    assert.deepEqual([stderr.bytes.toString(), stderr.isCut], ['error', false]);
    assert.ok(sent < 70, `${sent} MiB were read`);
  });
});
