import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Aws, SessionRequest, StartedSession } from '../../../src/aws/aws.ts';
import { createSessionGuard } from '../../../src/cli/run/session-guard.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const STARTED: StartedSession = { sessionId: 'user-1', tokenValue: 't', streamUrl: 'wss://g/' };
const REQUEST: SessionRequest = { target: 'i-0123456789abcdef0' };
const NEVER = new Promise<never>(() => undefined);
const notAsked = (): never => assert.fail('was not to be asked');

/** Guarded calls whose StartSession the test sends and answers. */
function setUp(terminate: () => Promise<void> = () => Promise.resolve()) {
  const clock = createVirtualClock();
  const answer = createDeferred<StartedSession>();
  const ended: string[] = [];
  const logged: string[] = [];
  let send: (() => void) | undefined;
  const calls: Aws = {
    credentials: notAsked,
    prepareCredentials: () => Promise.resolve(),
    startSession({ onSend }) {
      send = onSend;
      return answer.promise;
    },
    terminateSession(sessionId) {
      ended.push(sessionId);
      return terminate();
    },
    resumeSession: notAsked,
    generateDataKey: notAsked,
    nodes: notAsked,
    accessRequests: notAsked,
    hasApprovalPolicy: notAsked,
    requestAccess: notAsked,
    accessToken: notAsked,
    instances: notAsked,
    instance: notAsked,
    startInstance: notAsked,
    document: notAsked,
    sessionDocuments: notAsked,
    openSessions: notAsked,
    pastSessions: notAsked,
    callerIdentity: notAsked,
    isConnected: notAsked,
    endpoint: notAsked,
    objectStore: notAsked,
    sendCommand: notAsked,
    invocations: notAsked,
    invocationOutput: notAsked,
    hasCommandEnded: notAsked,
    cancelCommand: notAsked,
    ecsClusters: notAsked,
    ecsTasks: notAsked,
    ecsTask: notAsked,
    passwordData: notAsked,
    secretText: notAsked,
    databaseToken: notAsked,
    databases: notAsked,
    sendSshPublicKey: notAsked,
  };
  const guard = createSessionGuard(clock, (text) => logged.push(text));
  return { clock, answer, ended, logged, guard, calls: guard.guard(calls), send: () => send?.() };
}

describe('a started session that has not begun', () => {
  it('is ended by TerminateSession', async () => {
    const { guard, calls, send, answer, ended, clock } = setUp();
    const starting = calls.startSession(REQUEST);
    send();
    answer.resolve(STARTED);
    await starting;
    await guard.terminateAll(NEVER);
    assert.deepEqual(ended, ['user-1']);
    assert.equal(clock.pending, 0);
  });

  it('is ended as soon as it is there, while it is being started', async () => {
    const { guard, calls, send, answer, ended } = setUp();
    void calls.startSession(REQUEST);
    send();
    const taken = guard.terminateAll(NEVER);
    answer.resolve(STARTED);
    await taken;
    assert.deepEqual(ended, ['user-1']);
  });

  it('is neither awaited nor started when its request has not been sent', async () => {
    const { guard, calls, send, ended } = setUp();
    void calls.startSession(REQUEST);
    await guard.terminateAll(NEVER);
    assert.deepEqual(ended, []);
    assert.throws(send, /no longer needed/);
  });

  it('is ended alone when only its request is no longer wanted', async () => {
    const { guard, calls, send, answer, ended } = setUp();
    const other = { ...REQUEST };
    void calls.startSession(other);
    await guard.terminate({ ...REQUEST }, NEVER);
    assert.doesNotThrow(send);
    answer.resolve(STARTED);
    await guard.terminate(other, NEVER);
    assert.deepEqual(ended, ['user-1']);
  });

  it('is waited for within a bound, or until that is too long', async () => {
    const { guard, calls, send, clock, ended } = setUp();
    void calls.startSession(REQUEST);
    send();
    const bounded = guard.terminateAll(NEVER);
    clock.advance(2_000);
    await bounded;
    await guard.terminateAll(Promise.resolve());
    assert.deepEqual(ended, []);
    assert.equal(clock.pending, 0);
  });

  it('is waited for once', async () => {
    const { guard, calls, send, clock } = setUp();
    void calls.startSession(REQUEST);
    send();
    await guard.terminateAll(Promise.resolve());
    await guard.terminateAll(NEVER);
    assert.equal(clock.pending, 0);
  });

  it('is left to a TerminateSession that is under way', async () => {
    const done = createDeferred<undefined>();
    const { guard, calls, send, answer, ended } = setUp(() => done.promise);
    answer.resolve(STARTED);
    const starting = calls.startSession(REQUEST);
    send();
    const ending = calls.terminateSession((await starting).sessionId);
    const taken = guard.terminateAll(NEVER);
    done.resolve(undefined);
    await Promise.all([ending, taken]);
    assert.deepEqual(ended, ['user-1']);
  });

  it('that cannot be ended is for the log', async () => {
    const { guard, calls, send, answer, logged } = setUp(() => Promise.reject(new Error('denied')));
    answer.resolve(STARTED);
    const starting = calls.startSession(REQUEST);
    send();
    await starting;
    await guard.terminateAll(NEVER);
    assert.deepEqual(logged, ['user-1 is no longer needed', 'could not end it: denied']);
  });
});

describe('a session that has begun, or that has ended', () => {
  it('is not terminated', async () => {
    for (const leave of ['release', 'terminate'] as const) {
      const { guard, calls, send, answer, ended } = setUp();
      answer.resolve(STARTED);
      const starting = calls.startSession(REQUEST);
      send();
      await starting;
      if (leave === 'release') guard.release('user-1');
      else await calls.terminateSession('user-1');
      await guard.terminateAll(NEVER);
      assert.deepEqual(ended, leave === 'release' ? [] : ['user-1']);
    }
  });
});
