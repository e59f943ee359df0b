import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import type { ResumeAnswer } from '../../src/session/session-service.ts';
import { handshake, sessionType } from './support/handshake-payloads.ts';
import { joinSession } from './support/joined-session.ts';
import { settle } from './connection/scripted-sockets.ts';
import { testFailure } from '../support/test-failure.ts';
import { sessionFailures } from '../../src/failures/session.ts';

describe('the events of a session', () => {
  it('report why it ended, unless this side wanted it to end', async () => {
    const { agent, events, exitCode } = await joinSession({ listens: true });
    agent.send(PayloadType.Output, '$ ');
    agent.closeChannel('Session was idle.');
    await exitCode;
    const failure = sessionFailures['session-closed']('Session was idle.');
    assert.deepEqual(events, [
      { kind: 'session-ending', failure },
      { kind: 'session-ended', failure, reportedStatus: undefined },
    ]);
  });

  it('passes a listener no reason for an intended end', async () => {
    const { agent, events, exitCode } = await joinSession({ listens: true });
    agent.send(PayloadType.Output, '$ ');
    agent.closeChannel();
    await exitCode;
    assert.deepEqual(events, [
      { kind: 'session-ending', failure: undefined },
      { kind: 'session-ended', failure: undefined, reportedStatus: undefined },
    ]);
  });

  it('passes a listener why it did not start', async () => {
    const { agent, events, exitCode } = await joinSession({ listens: true });
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Hologram')));
    await settle();
    agent.received();
    await exitCode;
    const event = events.at(-1);
    assert.ok(event?.kind === 'session-ended');
    assert.match(event.failure?.problem ?? '', /Hologram/);
  });

  it('lets a listener report that it reconnects, and that it could not', async () => {
    let answer: ResumeAnswer = { kind: 'unavailable', failure: testFailure('session', 'down') };
    const { agent, clock, sockets, events, exitCode, stderr } = await joinSession({
      listens: true,
      service: { resumeSession: () => Promise.resolve(answer) },
    });
    agent.send(PayloadType.Output, '$ ');
    const since = clock.monotonic();
    sockets.last().events.lost('reset');
    await settle();
    clock.advance(3_000);
    await settle();
    assert.deepEqual(events, [{ kind: 'reconnecting', reason: 'reset', since }]);
    answer = { kind: 'ended' };
    clock.advance(5_000);
    await exitCode;
    assert.deepEqual(events.at(-1), {
      kind: 'session-ended',
      failure: sessionFailures['session-timed-out'](),
      reportedStatus: undefined,
    });
    assert.equal(stderr(), '');
  });
});
