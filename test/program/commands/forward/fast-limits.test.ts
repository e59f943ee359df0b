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
const DOWNLOAD_BYTES = 1_200_000;
/** A rate is halved at each, and is low enough long before. */
const MOST_TRIES = 4;

/** @returns how often the download was reset before it came whole */
async function triesOf(t: TestContext, port: number, whole: Buffer): Promise<number> {
  for (let tries = 1; ; tries++) {
    const socket = await connectLocally(t, { port, host: '127.0.0.1' });
    socket.write('go');
    try {
      assert.ok((await readToEnd(socket)).equals(whole));
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
        const sent = random.bytes(DOWNLOAD_BYTES);
        const service = await startService(t, (socket) => {
          socket.once('data', () => socket.end(sent));
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
        const tries = await triesOf(t, local.port, sent);
        assert.ok(tries > 1, 'the first one was cut');
        const before = cuts();
        assert.equal(await triesOf(t, local.port, sent), 1);
        assert.equal(cuts(), before);
        program.kill('SIGINT');
        assert.equal((await program.end()).status, 0);
      }));
  },
);
