import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runAtOnce } from '../../packaging/run-at-once.ts';
import { createDeferred } from '../../src/lib/deferred.ts';

describe('work that runs for several items at a time', () => {
  it('has its results in the order of the items, whichever ends first', async () => {
    const ends = ['linux', 'macos', 'windows'].map((name) => ({
      name,
      ...createDeferred<undefined>(),
    }));
    const begun: string[] = [];
    const all = runAtOnce(ends, ends.length, async ({ name, promise }) => {
      begun.push(name);
      await promise;
      return name;
    });
    for (const { resolve, promise } of [...ends].reverse()) {
      resolve(undefined);
      await promise;
    }
    assert.deepEqual(await all, ['linux', 'macos', 'windows']);
    assert.deepEqual(begun, ['linux', 'macos', 'windows']);
  });

  it('is as many pieces at a time as the limit allows', async () => {
    const first = createDeferred<undefined>();
    let running = 0;
    let most = 0;
    await runAtOnce([1, 2, 3, 4, 5], 2, async (item) => {
      running++;
      most = Math.max(most, running);
      if (item === 1) await first.promise;
      if (item === 2) first.resolve(undefined);
      running--;
    });
    assert.equal(most, 2);
  });

  it('begins nothing more after an error', async () => {
    const begun: number[] = [];
    const all = runAtOnce([1, 2, 3], 1, (item) => {
      begun.push(item);
      return item === 2 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    await assert.rejects(all, /no/);
    assert.deepEqual(begun, [1, 2]);
  });
});
