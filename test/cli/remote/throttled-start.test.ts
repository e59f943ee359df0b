import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../src/aws/sdk/aws-error.ts';
import { createRemote, type Remote } from '../../../src/cli/remote/remote.ts';
import { startCommand } from '../../../src/cli/remote/start-command.ts';
import { callFailures } from '../../../src/failures/calls.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { collect } from './support/collect.ts';
import { startLocalRemote } from './support/local-remote.ts';

const throttled = () =>
  new AwsError(
    { ...callFailures.throttled('start a session'), reason: 'throttled' },
    'ThrottlingException',
  );

interface Throttled {
  readonly remote: Remote;
  /** The pauses before further tries, in milliseconds; none of them lasts. */
  readonly pauses: readonly number[];
  readonly tries: () => number;
}

/** A service that refuses the first starts because there are too many. */
function throttling({ context, target, stopped }: Remote, refusals: number): Throttled {
  const pauses: number[] = [];
  let tries = 0;
  return {
    remote: createRemote({
      ...{ target, stopped, reason: undefined },
      context: {
        ...context,
        random: { ...context.random, uniform: () => 0 },
        clock: {
          ...systemClock,
          after(delay, callback) {
            if (tries === 0 || tries > refusals) return systemClock.after(delay, callback);
            pauses.push(delay);
            return systemClock.after(0, callback);
          },
        },
        aws: {
          ...context.aws,
          async calls() {
            const calls = await context.aws.calls();
            return {
              ...calls,
              startSession(request) {
                tries++;
                return tries > refusals ? calls.startSession(request) : Promise.reject(throttled());
              },
            };
          },
        },
      },
    }),
    pauses,
    tries: () => tries,
  };
}

describe('a remote command that cannot be started because there are too many', () => {
  it('is started after pauses that grow', async (t) => {
    const { remote, pauses, tries } = throttling((await startLocalRemote(t)).remote, 3);
    const stdout = collect();
    const command = await startCommand(remote, 'echo done', {
      stdout: stdout.stream,
      stderr: collect().stream,
    });
    assert.deepEqual(await command.ended, { kind: 'exited', status: 0 });
    assert.equal(tries(), 4);
    assert.deepEqual(pauses, [1_000, 2_000, 4_000]);
    assert.equal(stdout.bytes().toString(), 'done\n');
  });

  it('is not started after a pause in which it was stopped, and leaves no timer', async (t) => {
    const { remote } = await startLocalRemote(t);
    const clock = createVirtualClock();
    const paused = createDeferred<undefined>();
    const calls = await remote.context.aws.calls();
    const startSession = () => {
      // Its pause begins before the next turn of the event loop.
      setImmediate(() => paused.resolve(undefined));
      return Promise.reject(throttled());
    };
    const command = await startCommand(
      createRemote({
        ...remote,
        context: {
          ...remote.context,
          clock,
          aws: { ...remote.context.aws, calls: () => Promise.resolve({ ...calls, startSession }) },
        },
      }),
      'true',
      { stdout: collect().stream, stderr: collect().stream },
    );
    await paused.promise;
    assert.equal(clock.pending, 1);
    await command.stop();
    assert.deepEqual(await command.ended, { kind: 'stopped' });
    assert.equal(clock.pending, 0);
  });

  it('fails when it is refused again and again', async (t) => {
    const { remote, tries } = throttling((await startLocalRemote(t)).remote, 100);
    const { stream } = collect();
    const command = await startCommand(remote, 'true', { stdout: stream, stderr: stream });
    const end = await command.ended;
    assert.ok(end.kind === 'lost');
    assert.equal(end.error.message, throttled().message);
    assert.equal(tries(), 6);
  });
});
