import assert from 'node:assert/strict';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFifo } from '../../../support/fifo.ts';
import { startTwoMachines } from './support/two-machines.ts';

describe('cp of a FIFO to a target', () => {
  it('copies what is written to it, until its writer closes it', async (t) => {
    const { there, start, checkNothingLeft } = await startTwoMachines(t);
    const fifo = makeFifo(t);
    const program = start(['-q', fifo, 'T:piped']);
    await writeFile(fifo, 'from a FIFO');
    assert.equal((await program.end()).status, 0);
    assert.equal(readFileSync(join(there, 'piped'), 'utf8'), 'from a FIFO');
    await checkNothingLeft();
  });

  it('ends by Ctrl-C while no program has opened it', async (t) => {
    const { target, start, checkNothingLeft } = await startTwoMachines(t);
    const inspection = target.aws.nextSession();
    const program = start(['-q', makeFifo(t), 'T:piped']);
    // The FIFO is opened when the destination has been looked at.
    await (
      await inspection
    ).closed;
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 130);
    await checkNothingLeft();
  });

  it('ends by Ctrl-C while its writer is silent', async (t) => {
    const { start, checkNothingLeft } = await startTwoMachines(t);
    const fifo = makeFifo(t);
    // Opening it for both does not wait for a reader.
    const writer = openSync(fifo, constants.O_RDWR);
    t.after(() => closeSync(writer));
    const program = start(['--json', fifo, 'T:piped']);
    await program.stdout.until('that it has begun', (text) => text.includes('"started"'));
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 130);
    await checkNothingLeft();
  });
});
