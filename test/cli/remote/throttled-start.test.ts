import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../src/aws/sdk/aws-error.ts';
import { createRemote, type Remote } from '../../../src/cli/remote/remote.ts';
import { startCommand } from '../../../src/cli/remote/start-command.ts';
import { callFailures } from '../../../src/failures/calls.ts';
import { systemClock } from '../../../src/lib/clock.ts';
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
    assert.equal(pauses.length, 3);
    const [first = 0, second = 0, third = 0] = pauses;
    assert.ok(1_000 <= first && first <= 2_000 && 2_000 <= second && 4_000 <= third);
    assert.equal(stdout.bytes().toString(), 'done\n');
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
