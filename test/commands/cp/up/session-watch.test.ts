import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RemoteEnd } from '../../../../src/cli/remote/remote.ts';
import {
  openReceiverSession,
  type ReceiverSession,
} from '../../../../src/commands/cp/up/sessions/receiver-session.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

const MINUTE_MS = 60_000;

/** A session whose target a test plays. */
interface PlayedTarget {
  readonly clock: VirtualClock;
  readonly session: ReceiverSession;
  /** What the session has sent and the test has not read. */
  readonly sent: () => string;
  /** Reads some bytes of what the session has sent. */
  readonly take: (bytes: number) => void;
  /** The target writes a line. */
  readonly answer: (line: string) => void;
  readonly connection: { since: number | undefined };
}

async function play(): Promise<PlayedTarget> {
  const clock = createVirtualClock();
  const ended = createDeferred<RemoteEnd>();
  const connection: PlayedTarget['connection'] = { since: 0 };
  let answer: PlayedTarget['answer'] = () => undefined;
  let sent: PlayedTarget['sent'] = () => '';
  let take: PlayedTarget['take'] = () => undefined;
  const session = await openReceiverSession(
    {
      clock,
      stalled: () => new Error('stalled'),
      start({ input, output }) {
        sent = () => String(input.read() ?? '');
        take = (bytes) => void input.read(bytes);
        answer = (line) => void output.write(Buffer.from(`${line}\n`));
        return Promise.resolve({
          ended: ended.promise,
          get connectedSince() {
            return connection.since;
          },
          stop() {
            ended.resolve({ kind: 'stopped' });
            return Promise.resolve();
          },
        });
      },
    },
    { stored: () => undefined, unsent: () => undefined },
  );
  return {
    clock,
    session,
    sent: () => sent(),
    take: (bytes) => take(bytes),
    answer: (line) => answer(line),
    connection,
  };
}

describe('a session of a copy to a target', () => {
  it('is not idle while there is nothing to send', async () => {
    const { clock, session, sent, answer } = await play();
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(MINUTE_MS / 2);
      assert.equal(sent(), `${'n'.padEnd(23)}\n`);
      answer('n');
    }
    assert.equal(session.end, undefined);
  });

  it('is lost when the target answers nothing for minutes', async () => {
    const { clock, session, sent } = await play();
    const ran = session.run(Buffer.from(':'));
    sent();
    clock.advance(3 * MINUTE_MS);
    assert.equal(await ran, undefined);
    assert.deepEqual(session.end, { kind: 'lost', error: new Error('stalled') });
    await session.ended;
    assert.equal(clock.pending, 0);
  });

  it('is lost when the target does not even show that it is there', async () => {
    const { clock, session, sent } = await play();
    clock.advance(MINUTE_MS / 2);
    sent();
    clock.advance(3 * MINUTE_MS);
    assert.equal(session.end?.kind, 'lost');
  });

  it('lasts while a script writes lines', async () => {
    const { clock, session, sent, answer } = await play();
    const ran = session.run(Buffer.from(':'));
    sent();
    for (let step = 0; step < 60; step++) {
      clock.advance(MINUTE_MS / 2);
      answer('n');
    }
    answer('x 0');
    assert.equal((await ran)?.status, 0);
  });

  it('lasts while what it sends leaves, however slowly', async () => {
    const { clock, session, take } = await play();
    void session.send({ index: 0, data: Buffer.alloc(64 * 1024), free: () => undefined });
    for (let step = 0; step < 60; step++) {
      clock.advance(MINUTE_MS / 2);
      take(1024);
    }
    assert.equal(session.end, undefined);
  });

  it('lasts while there is no connection', async () => {
    const { clock, session, sent, answer, connection } = await play();
    const ran = session.run(Buffer.from(':'));
    sent();
    connection.since = undefined;
    clock.advance(60 * MINUTE_MS);
    connection.since = clock.monotonic();
    answer('x 0');
    assert.equal((await ran)?.status, 0);
  });

  it('keeps only results that scripts have', async () => {
    const { session, sent, answer } = await play();
    const ran = session.run(Buffer.from(':'));
    sent();
    for (let index = 0; index < 1000; index++) answer(`r a${index} value`);
    answer('r size 1');
    answer('r size 2');
    answer('x 0');
    const { results } = (await ran) ?? {};
    assert.deepEqual([...(results ?? [])], [['size', '2']]);
  });

  it('does not take the output of a program for a refusal', async () => {
    const { session, answer } = await play();
    answer('error: something');
    answer('echo: write error');
    assert.equal(session.end, undefined);
  });
});
