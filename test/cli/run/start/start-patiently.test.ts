import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { startPatiently } from '../../../../src/cli/run/start/start-patiently.ts';
import { testFailure } from '../../../support/test-failure.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

const NEVER = new Promise<never>(() => undefined);
const throttled = new AwsError(testFailure('throttled', 'too many requests'));

/** A start that fails with these errors, then succeeds. */
function failing(...errors: readonly AwsError[]): {
  readonly start: () => Promise<string>;
  readonly starts: () => number;
} {
  let starts = 0;
  return {
    starts: () => starts,
    start() {
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

describe('starting a session patiently', () => {
  it('tries again after pauses that grow, while AWS throttles', async () => {
    const clock = createVirtualClock();
    const { start, starts } = failing(throttled, throttled);
    const started = startPatiently(start, { clock, random: () => 0, interrupted: NEVER });
    await pass(clock, 999);
    assert.equal(starts(), 1);
    await pass(clock, 1);
    assert.equal(starts(), 2);
    await pass(clock, 1_999);
    assert.equal(starts(), 2);
    await pass(clock, 1);
    assert.equal(await started, 'started');
  });

  it('fails as AWS does, after about a minute', async () => {
    const clock = createVirtualClock();
    const { start, starts } = failing(...Array.from({ length: 20 }, () => throttled));
    const started = startPatiently(start, { clock, random: () => 1, interrupted: NEVER });
    const failed = assert.rejects(started, throttled);
    for (let second = 0; second < 120; second++) await pass(clock, 1_000);
    await failed;
    assert.equal(starts(), 6);
  });

  it('does not repeat another failure', async () => {
    const denied = new AwsError(testFailure('access-denied', 'denied'));
    const { start } = failing(denied);
    const patience = { clock: createVirtualClock(), random: () => 0, interrupted: NEVER };
    await assert.rejects(startPatiently(start, patience), denied);
  });

  it('stops waiting when it is interrupted, and returns by what', async () => {
    const clock = createVirtualClock();
    const { start, starts } = failing(throttled);
    const patience = { clock, random: () => 0, interrupted: Promise.resolve('SIGTERM') };
    assert.equal(await startPatiently(start, patience), 'SIGTERM');
    assert.equal(starts(), 1);
    assert.equal(clock.pending, 0);
  });
});
