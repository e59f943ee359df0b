import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { seeded } from '../../support/random.ts';
import { outputStalls } from '../support/output-stalls.ts';
import { peakMemory } from '../support/processes.ts';
import { hashBytes, READY } from '../support/remote-commands.ts';
import { interactiveCommand, openPipedSession } from '../support/target.ts';

const MEBIBYTE = 1024 * 1024;
const UNLIMITED = { SSM_PLUGIN_MAX_MESSAGE_RATE: '0' };
/** What the program may grow by, however much waits for it. */
const GROWTH_LIMIT = 20 * MEBIBYTE;

/** Random bytes without those that a terminal makes into signals. */
function harmless(bytes: Buffer): Buffer {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) | 0x80;
  return bytes;
}

describe('large amounts without a terminal', () => {
  it('input arrives whole though the target stops taking it for a while', (t) =>
    seeded(async (random) => {
      const input = harmless(random.bytes(3 * MEBIBYTE));
      const { program, session } = await openPipedSession(
        t,
        interactiveCommand(hashBytes(input.length)),
        { env: { ...UNLIMITED, SSM_PLUGIN_PING_INTERVAL: '1' } },
      );
      await program.stdout.until('the reader', (text) => text.endsWith(READY));
      let taken = false;
      session.delayPublication();
      program.stdin.write(input, () => {
        taken = true;
      });
      // The program has had all the time it needs to read everything, if it did.
      const pings = session.record.pings;
      await session.until('some pings', ({ record }) => record.pings >= pings + 2);
      assert.equal(taken, false, 'the program reads what it cannot send');
      session.releasePublication();
      await program.end();
      assert.ok(
        program.stdout.text.includes(createHash('sha256').update(input).digest('hex')),
        program.stdout.text,
      );
    }));

  it('output waits for a slow reader and comes whole, in bounded memory', async (t) => {
    const lines = 3_500_000;
    const { program, session } = await openPipedSession(
      t,
      interactiveCommand(`stty -echo raw; printf ${READY}; head -c 1; seq 1 ${lines}`),
    );
    await program.stdout.until('the command', (text) => text.endsWith(READY));
    const before = peakMemory(program.pid);
    program.stdoutPipe.pause();
    program.stdin.write('x');
    await outputStalls(session);
    const digest = createHash('sha256');
    program.stdoutPipe.removeAllListeners('data');
    program.stdoutPipe.on('data', (bytes: Buffer) => digest.update(bytes));
    const growth = peakMemory(program.pid) - before;
    assert.ok(growth < GROWTH_LIMIT, `grew by ${Math.round(growth / MEBIBYTE)} MiB`);
    program.stdoutPipe.resume();
    await program.end();
    const expected = createHash('sha256').update('x');
    for (let line = 1; line <= lines; line++) expected.update(`${line}\n`);
    expected.update(`\n\nExiting session with sessionId: ${session.sessionId}.\n\n`);
    assert.equal(digest.digest('hex'), expected.digest('hex'));
  });
});
