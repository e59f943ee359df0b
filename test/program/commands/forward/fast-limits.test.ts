import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { seeded } from '../../../support/random.ts';
import { untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

/** What is reported of the service (docs/design/protocol.md#window-and-rate). */
const MESSAGES_PER_SECOND = 1000;
/** Enough for some seconds at ten times that rate, so that also a busy machine exceeds it. */
const CUT_BYTES = 32 * 1024 * 1024;
/** More than is carried in a second at that rate. */
const DOWNLOAD_BYTES = 1_200_000;
/** A rate is halved at each, and is low enough long before. */
const MOST_TRIES = 4;

/** Downloads the first bytes of what the service has. */
async function download(t: TestContext, port: number, bytes: number): Promise<Buffer> {
  const socket = await connectLocally(t, { port, host: '127.0.0.1' });
  socket.write(String(bytes));
  return readToEnd(socket);
}

/** @returns how often the download was reset before it came whole, and this one */
async function triesOf(t: TestContext, port: number, whole: Buffer): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      assert.ok((await download(t, port, whole.length)).equals(whole));
      return tries;
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
  }
}

describe(
  'forward --fast, where the service cuts sessions with too many messages',
  { timeout: 120_000, ...needs(LOCALHOST) },
  () => {
    it('becomes slower, keeps that for the run, and brings downloads whole', (t) =>
      seeded(async (random) => {
        const all = random.bytes(CUT_BYTES);
        const service = await startService(t, (socket) => {
          socket.once('data', (bytes) => socket.end(all.subarray(0, Number(bytes))));
        });
        const target = await startCommandTarget(t, {
          sessions: { faults: { messagesPerSecond: MESSAGES_PER_SECOND } },
        });
        const program = startCommand(t, target, [
          ...['forward', TARGET, '--json', '--fast', `0:${service.port}`],
        ]);
        const { local } = await untilEvent(program, 'listening');
        const cuts = (): number =>
          target.aws.sessions.reduce((sum, { record }) => sum + record.rateCuts, 0);
        await assert.rejects(download(t, local.port, CUT_BYTES), { code: 'ECONNRESET' });
        assert.ok(cuts() > 0);
        const whole = all.subarray(0, DOWNLOAD_BYTES);
        await triesOf(t, local.port, whole);
        const before = cuts();
        assert.equal(await triesOf(t, local.port, whole), 1);
        assert.equal(cuts(), before);
        program.kill('SIGINT');
        assert.equal((await program.end()).status, 0);
      }));
  },
);
