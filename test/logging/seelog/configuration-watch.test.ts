import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';

import {
  watchConfiguration,
  WATCH_MILLISECONDS,
} from '../../../src/logging/seelog/configuration-watch.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { trackFileSystem } from '../file/tracked-file-system.ts';

interface Watched {
  readonly path: string;
  readonly clock: VirtualClock;
  /** What the watch reported, in order: `applied: …`, `removed`, `unusable`. */
  readonly events: string[];
  /** Makes the watch check once, and waits until it has handled the result. */
  readonly check: () => Promise<void>;
  readonly stop: () => void;
}

/** Watches a file whose contents are usable unless they begin with "broken". */
async function watch(t: TestContext, contents?: string): Promise<Watched> {
  const path = join(temporaryDirectory(t), 'seelog.xml');
  if (contents !== undefined) writeFileSync(path, contents);
  const fs = trackFileSystem();
  const clock = createVirtualClock();
  const events: string[] = [];
  const watching = watchConfiguration({
    path,
    fs,
    clock,
    initial: fs.checkNow(path),
    apply: (bytes) => {
      const text = Buffer.from(bytes).toString();
      if (text.startsWith('broken')) return Promise.reject(new Error(text));
      events.push(`applied: ${text}`);
      return Promise.resolve();
    },
    removed: () => events.push('removed'),
    unusable: (reason) => events.push(`unusable: ${reason}`),
  });
  await watching.started();
  return {
    path,
    clock,
    events,
    check: () => {
      clock.advance(WATCH_MILLISECONDS);
      return fs.idle();
    },
    stop: () => watching.stop(),
  };
}

/** Replaces a file like an editor: renames a new one. */
function replace(path: string, contents: string): void {
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

it('the file found at the start is applied at once, and only once', async (t) => {
  const { events, check } = await watch(t, 'one');
  assert.deepEqual(events, ['applied: one']);
  await check();
  await check();
  assert.deepEqual(events, ['applied: one']);
});

it('without a file nothing happens until there is one', async (t) => {
  const { path, events, check } = await watch(t);
  await check();
  await check();
  assert.deepEqual(events, []);
  writeFileSync(path, 'one');
  await check();
  assert.deepEqual(events, ['applied: one']);
});

it('a file that is rewritten or replaced is applied at the next check', async (t) => {
  const { path, events, check } = await watch(t, 'one');
  writeFileSync(path, 'two!');
  await check();
  replace(path, 'three');
  await check();
  assert.deepEqual(events, ['applied: one', 'applied: two!', 'applied: three']);
});

it('a replacement of the same size is noticed', async (t) => {
  const { path, events, check } = await watch(t, 'one');
  replace(path, 'two');
  await check();
  assert.deepEqual(events, ['applied: one', 'applied: two']);
});

it('a file that is broken at the start is reported at once', async (t) => {
  const { events, check } = await watch(t, 'broken 1');
  assert.deepEqual(events, ['unusable: broken 1']);
  await check();
  assert.deepEqual(events, ['unusable: broken 1']);
});

it('a file that becomes broken is reported once, if the next check finds it unchanged', async (t) => {
  const { path, events, check } = await watch(t, 'one');
  writeFileSync(path, 'broken 1');
  await check();
  assert.deepEqual(events, ['applied: one']);
  await check();
  await check();
  assert.deepEqual(events, ['applied: one', 'unusable: broken 1']);
});

it('a file that is half written is not reported', async (t) => {
  const { path, events, check } = await watch(t, 'one');
  writeFileSync(path, 'broken: half');
  await check();
  writeFileSync(path, 'broken: three quarters');
  await check();
  writeFileSync(path, 'two');
  await check();
  await check();
  assert.deepEqual(events, ['applied: one', 'applied: two']);
});

it('the next error in a broken file is reported again', async (t) => {
  const { path, events, check } = await watch(t, 'broken 1');
  writeFileSync(path, 'broken, too');
  await check();
  await check();
  assert.deepEqual(events, ['unusable: broken 1', 'unusable: broken, too']);
});

it('a file that is absent in two checks is removed; one that is back in time is not', async (t) => {
  const { path, events, check } = await watch(t, 'one');
  rmSync(path);
  await check();
  writeFileSync(path, 'two');
  await check();
  assert.deepEqual(events, ['applied: one', 'applied: two']);
  rmSync(path);
  await check();
  await check();
  await check();
  assert.deepEqual(events, ['applied: one', 'applied: two', 'removed']);
});

it('a directory of this name is unusable and is not read', async (t) => {
  const { path, events, check } = await watch(t);
  mkdirSync(path);
  await check();
  await check();
  assert.deepEqual(events, [`unusable: ${path} is not a regular file`]);
});

it('a file that is too large is not read', async (t) => {
  const { events } = await watch(t, 'x'.repeat(1024 * 1024 + 1));
  assert.match(events.join(), /^unusable: .* is larger than 1048576 bytes$/);
});

it('a watch that is stopped leaves no timer', async (t) => {
  const { clock, stop } = await watch(t, 'one');
  assert.equal(clock.pending, 1);
  stop();
  assert.equal(clock.pending, 0);
});
