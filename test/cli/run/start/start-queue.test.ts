import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { STARTS_AT_ONCE } from '../../../../src/cli/run/start/start-limits.ts';
import { createStartQueue, type StartQueue } from '../../../../src/cli/run/start/start-queue.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { testFailure } from '../../../support/test-failure.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

const NEVER = new Promise<never>(() => undefined);
const THROTTLED = new AwsError(testFailure('throttled', 'too many requests'));
const DENIED = new AwsError(testFailure('access-denied', 'denied'));

/** Starts of several sessions, which the test answers. */
interface Starts {
  readonly queue: StartQueue;
  readonly clock: VirtualClock;
  /** The sessions whose start is not answered, in the order in which they were started. */
  readonly open: readonly string[];
  /** What has happened to the sessions. */
  readonly log: readonly string[];
  add(name: string, interrupted?: Promise<string>): Promise<string>;
  answer(name: string, error?: AwsError): Promise<void>;
  pass(milliseconds: number): Promise<void>;
}

function setUp(random = 0): Starts {
  const clock = createVirtualClock();
  const queue = createStartQueue(clock, () => random);
  const open = new Map<string, ReturnType<typeof createDeferred<AwsError | undefined>>>();
  const log: string[] = [];
  return {
    queue,
    clock,
    get open() {
      return [...open.keys()];
    },
    log,
    async add(name, interrupted = NEVER) {
      const turns = queue.forSession({
        throttled: (error, pauseMs) => log.push(`${name}: ${error.reason}, ${pauseMs}`),
        again: () => log.push(`${name}: again`),
      });
      return turns.run(async () => {
        const answer = createDeferred<AwsError | undefined>();
        open.set(name, answer);
        const error = await answer.promise;
        if (error !== undefined) throw error;
        return name;
      }, interrupted);
    },
    async answer(name, error) {
      const answer = open.get(name);
      assert.ok(answer, `${name} is not being started`);
      open.delete(name);
      answer.resolve(error);
      await setImmediate();
    },
    async pass(milliseconds) {
      clock.advance(milliseconds);
      await setImmediate();
    },
  };
}

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('sessions that are started in turn', () => {
  it('are started a few at a time, in the order in which they came', async () => {
    const starts = setUp();
    const started = NAMES.map((name) => starts.add(name));
    await setImmediate();
    assert.deepEqual(starts.open, NAMES.slice(0, STARTS_AT_ONCE));
    await starts.answer('c');
    assert.deepEqual(starts.open, ['a', 'b', 'd', 'e']);
    for (const name of ['a', 'b', 'd', 'e', 'f']) await starts.answer(name);
    assert.deepEqual(await Promise.all(started), NAMES);
    assert.equal(starts.clock.pending, 0);
  });

  it('pause together when AWS throttles one, then one finds out whether they may go on', async () => {
    const starts = setUp();
    const started = NAMES.map((name) => starts.add(name));
    await setImmediate();
    await starts.answer('b', THROTTLED);
    await starts.answer('a');
    assert.deepEqual(starts.open, ['c', 'd'], 'those under way are answered');
    await starts.answer('c');
    await starts.answer('d', THROTTLED);
    await starts.pass(999);
    assert.deepEqual(starts.open, []);
    await starts.pass(1);
    assert.deepEqual(starts.open, ['d'], 'one that had a turn is the next');
    await starts.answer('d');
    assert.deepEqual(starts.open, ['b', 'e', 'f']);
    assert.deepEqual(starts.log, [
      'b: throttled, 1000',
      'd: throttled, 1000',
      'd: again',
      'b: again',
    ]);
    for (const name of ['b', 'e', 'f']) await starts.answer(name);
    assert.deepEqual(await Promise.all(started), NAMES);
  });

  it('pause longer each time, with jitter, and fail as AWS does after six starts', async () => {
    const starts = setUp(0.5);
    const failed = assert.rejects(starts.add('a'), THROTTLED);
    await setImmediate();
    for (const pause of [1_500, 3_000, 6_000, 12_000, 24_000]) {
      await starts.answer('a', THROTTLED);
      await starts.pass(pause - 1);
      assert.deepEqual(starts.open, []);
      await starts.pass(1);
    }
    await starts.answer('a', THROTTLED);
    await failed;
  });

  it('begin with the first pause again after an answer', async () => {
    const starts = setUp();
    void starts.add('a');
    await setImmediate();
    await starts.answer('a', THROTTLED);
    await starts.pass(1_000);
    await starts.answer('a');
    void starts.add('b');
    await setImmediate();
    await starts.answer('b', THROTTLED);
    assert.equal(starts.log.at(-1), 'b: throttled, 1000');
  });

  it('go on after another failure, which only its own session has', async () => {
    const starts = setUp();
    const started = NAMES.map((name) => starts.add(name));
    await setImmediate();
    const failed = assert.rejects(started[0] ?? NEVER, DENIED);
    await starts.answer('a', DENIED);
    await failed;
    assert.deepEqual(starts.open, ['b', 'c', 'd', 'e']);
  });

  it('give their place to others when they are not wanted any more', async () => {
    const starts = setUp();
    const stop = createDeferred<string>();
    const stopped = ['a', 'b', 'c', 'd', 'e'].map((name) => starts.add(name, stop.promise));
    void starts.add('f');
    await setImmediate();
    stop.resolve('stopped');
    assert.deepEqual(
      await Promise.all(stopped),
      Array.from({ length: 5 }, () => 'stopped'),
    );
    assert.ok(starts.open.includes('f'));
    assert.ok(!starts.open.includes('e'), 'it had no turn');
  });

  it('leave no timer when those that wait in a pause are not wanted any more', async () => {
    const starts = setUp();
    const stop = createDeferred<string>();
    const stopped = starts.add('a', stop.promise);
    await setImmediate();
    await starts.answer('a', THROTTLED);
    assert.equal(starts.clock.pending, 1);
    stop.resolve('stopped');
    assert.equal(await stopped, 'stopped');
    assert.equal(starts.clock.pending, 0);
  });
});
