import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createValueCache } from '../../../src/commands/completion/values/value-cache.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const VALUES = [{ value: 'i-1', text: 'web' }];
const MINUTE_MS = 60_000;

describe('the cache of values', () => {
  it('has them for a minute, only under their key, and only for the user', async (t) => {
    const directory = join(temporaryDirectory(t), 'cache');
    let now = Date.now();
    const cache = createValueCache(directory, () => now);
    assert.equal(await cache.read({ a: 1 }), undefined);
    await cache.write({ a: 1 }, VALUES);
    assert.deepEqual(await cache.read({ a: 1 }), VALUES);
    assert.equal(await cache.read({ a: 2 }), undefined);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    for (const name of readdirSync(directory)) {
      assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600);
    }
    now += MINUTE_MS;
    assert.equal(await cache.read({ a: 1 }), undefined);
    now -= 2 * MINUTE_MS;
    assert.equal(await cache.read({ a: 1 }), undefined, 'from a clock that was set back');
  });

  it('has that there are none for ten seconds', async (t) => {
    let now = Date.now();
    const cache = createValueCache(temporaryDirectory(t), () => now);
    await cache.write({}, undefined);
    assert.deepEqual(await cache.read({}), []);
    now += 10_000;
    assert.equal(await cache.read({}), undefined);
  });

  it('drops expired files, and the oldest of too many', async (t) => {
    const directory = temporaryDirectory(t);
    const now = Date.now();
    const cache = createValueCache(directory, () => now);
    for (let i = 0; i < 40; i++) {
      const path = join(directory, `old-${i}.json`);
      writeFileSync(path, '{}');
      // The first ones have expired.
      const age = i < 5 ? 2 * MINUTE_MS : 30_000;
      utimesSync(path, new Date(now - age), new Date(now - age));
    }
    await cache.write({}, VALUES);
    assert.equal(readdirSync(directory).length, 32);
    assert.ok(!readdirSync(directory).includes('old-0.json'));
    assert.deepEqual(await cache.read({}), VALUES);
  });

  it('does without a file that is damaged or too long, and without a directory', async (t) => {
    const directory = temporaryDirectory(t);
    const cache = createValueCache(directory, () => 1_000);
    await cache.write({}, VALUES);
    const [name = ''] = readdirSync(directory);
    for (const contents of ['', '[]', '{"expires":2000,"values":1}', ' '.repeat(1024 * 1024 + 1)]) {
      writeFileSync(join(directory, name), contents);
      assert.equal(await cache.read({}), undefined);
    }
    const nowhere = createValueCache(join(directory, name, 'file'), () => 1_000);
    await nowhere.write({}, VALUES);
    assert.equal(await nowhere.read({}), undefined);
  });
});

it('the regions are those of the public partitions of the AWS SDK', async () => {
  const { REGIONS } = await import('../../../src/commands/completion/regions.ts');
  const file = 'submodules/client/util-endpoints/lib/aws/partitions.js';
  const path = join(import.meta.dirname, '../../../node_modules/@aws-sdk/core/dist-es', file);
  const text = readFileSync(path, 'utf8');
  const named = [...text.matchAll(/"([a-z]+(?:-[a-z]+)+-\d)": \{/g)].map(
    ([, region = '']) => region,
  );
  const isPublic = (region: string): boolean => !/-iso[a-z]?-/.test(region);
  assert.deepEqual([...REGIONS].sort(), [...new Set(named)].filter(isPublic).sort());
});
