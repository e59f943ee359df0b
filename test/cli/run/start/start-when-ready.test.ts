import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { startWhenReady, type ReadyStart } from '../../../../src/cli/run/start/start-when-ready.ts';
import type { CommonOptions } from '../../../../src/cli/framework/command-context.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { testFailure } from '../../../support/test-failure.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

const NEVER = new Promise<never>(() => undefined);
const refused = new AwsError(testFailure('target-not-connected', 'it is not connected'));
const throttled = new AwsError(testFailure('throttled', 'too many requests'));
const denied = new AwsError(testFailure('access-denied', 'denied'));
const TARGET = { id: 'i-00000000000000001', title: 'web (i-00000000000000001)' };
const MINUTE_MS = 60_000;

const OPTIONS: CommonOptions = {
  ...{ profile: '', region: '', endpointUrl: '', quiet: false, json: false, logLevel: undefined },
  ...{ color: false, login: false, ready: { limitMs: MINUTE_MS, starts: false } },
};

interface Waited {
  readonly clock: VirtualClock;
  readonly open: () => number;
  readonly options: ReadyStart;
}

/** A wait of a minute. @param ready - false for a command that does not wait */
function setUp(stopped: Promise<unknown> = NEVER, ready = true): Waited {
  const clock = createVirtualClock();
  const until = clock.monotonic() + MINUTE_MS;
  let open = 0;
  return {
    clock,
    open: () => open,
    options: {
      target: TARGET,
      stopped,
      context: {
        clock,
        options: ready ? OPTIONS : { ...OPTIONS, ready: undefined },
        readyUntil: () => (ready ? until : undefined),
        waits: {
          report() {
            open++;
            return () => {
              open--;
            };
          },
          abandon: () => undefined,
          pause: () => () => undefined,
          divert: () => () => undefined,
        },
      },
    },
  };
}

/** A start that fails with these errors, then succeeds. */
function failing(...errors: readonly AwsError[]) {
  let starts = 0;
  return {
    starts: () => starts,
    start: () => {
      const error = errors[starts++];
      return error === undefined ? Promise.resolve('started') : Promise.reject(error);
    },
  };
}

async function pass(clock: VirtualClock, milliseconds: number): Promise<void> {
  await setImmediate();
  clock.advance(milliseconds);
  await setImmediate();
}

describe('starting a session with a target that becomes ready', () => {
  it('repeats a start that AWS refuses because the agent is not connected, or throttles', async () => {
    const { clock, options, open } = setUp();
    const { start, starts } = failing(refused, throttled, refused);
    const started = startWhenReady(start, options);
    for (let nth = 1; nth <= 3; nth++) {
      await pass(clock, 1_999);
      assert.equal(starts(), nth);
      assert.equal(open(), 1);
      await pass(clock, 1);
    }
    assert.equal(await started, 'started');
    assert.equal(open(), 0);
    assert.equal(clock.pending, 0);
  });

  it('fails at the end of the time, with what is missing', async () => {
    const { clock, options, open } = setUp();
    const { start } = failing(...Array.from({ length: 40 }, () => refused));
    const failed = assert.rejects(startWhenReady(start, options), {
      code: 'target-not-ready',
      message: /^web \(i-0+1\) is not ready after 1 min: .* sessions do not start yet\./,
    });
    for (let seconds = 0; seconds <= 60; seconds++) await pass(clock, 1_000);
    await failed;
    assert.equal(open(), 0);
  });

  it('does not repeat another failure', async () => {
    const { start, starts } = failing(denied);
    await assert.rejects(startWhenReady(start, setUp().options), denied);
    assert.equal(starts(), 1);
  });

  it('starts once for a command that does not wait', async () => {
    const { start, starts } = failing(refused);
    await assert.rejects(startWhenReady(start, setUp(NEVER, false).options), refused);
    assert.equal(starts(), 1);
  });

  it('starts a session of later once: a forwarded port has rules of its own', async () => {
    const { clock, options } = setUp();
    clock.advance(MINUTE_MS);
    const { start, starts } = failing(refused);
    await assert.rejects(startWhenReady(start, options), refused);
    assert.equal(starts(), 1);
  });

  it('starts no more when the session is no longer wanted, and leaves no timer', async () => {
    const stopped = createDeferred<undefined>();
    const { clock, options, open } = setUp(stopped.promise);
    const { start, starts } = failing(refused, refused);
    const failed = assert.rejects(startWhenReady(start, options), refused);
    await pass(clock, 1_000);
    stopped.resolve(undefined);
    await failed;
    assert.equal(starts(), 1);
    assert.deepEqual([clock.pending, open()], [0, 0]);
  });
});
