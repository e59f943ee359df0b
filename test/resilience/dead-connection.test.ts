import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROMPT, startSession } from '../program/support/target.ts';
import { withDeadline } from '../program/support/transcript.ts';
import { seeded } from '../support/random.ts';
import { startSessionClient } from './support/session-client.ts';
import { startStallingRelay } from './support/stalling-relay.ts';

/** Shortened: the idle time and the time for an answer pass in less than a second. */
const SPEED = 20;

describe('a connection that is dead without a close', () => {
  it('is replaced after a key, and the key arrives', (t) =>
    seeded(async (random) => {
      const { aws, session } = await startSession(t);
      const relay = await startStallingRelay(t, Number(new URL(aws.endpoint).port));
      const streamUrl = new URL(session.response.StreamUrl);
      streamUrl.port = String(relay.port);
      const client = startSessionClient(t, {
        aws,
        session,
        random,
        interactive: true,
        streamUrl: streamUrl.href,
      });
      await client.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
      await session.until('a ping', ({ record }) => record.pings > 0);
      relay.stall();
      client.stdin.write('echo $((6 * 7)) alive\r');
      client.clock.setSpeed(SPEED);
      const log = (): string => client.log.join('\n');
      await withDeadline('the loss', client.untilLogged('the data channel is lost'), log);
      // A notice would be due soon: the machine has its time for the new connection.
      client.clock.setSpeed(1);
      await withDeadline(
        'another connection',
        session.until('another', ({ record }) => record.connections.length === 2),
        log,
      );
      await client.stdout.until('the answer', (text) => /^42 alive\r/m.test(text));
      assert.equal(session.end, undefined);
      assert.equal(client.openings, 2);
      // Minutes earlier than the interval of pings, and before a notice is due.
      assert.equal(client.stderr.text, '');
    }));
});
