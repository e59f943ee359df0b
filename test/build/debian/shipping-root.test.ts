import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { PackageSource } from '../../../build/debian/package-source.ts';
import { readRecord, type PackagesRecord } from '../../../build/debian/packages-record.ts';
import {
  commandOf,
  makeShippingRoot,
  shippingRoot,
  type PrivateRoot,
} from '../../../build/debian/private-root.ts';
import { runTool, ToolError } from '../../../build/tool.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  CHOICE,
  CURRENT,
  EXPIRED,
  OFFER,
  PROGRAM,
  startSmallArchive,
  TOOLS,
} from './support/small-archive.ts';

interface Setting {
  readonly root: PrivateRoot;
  readonly debs: string;
  readonly make: (source: PackageSource) => Promise<PackagesRecord>;
  /** What a command of the root prints. */
  readonly version: () => string;
}

/** A root with a command that prints the version of a package. */
function createSetting(t: TestContext): Setting {
  const directory = temporaryDirectory(t);
  const debs = join(directory, 'target.debs');
  const root = shippingRoot(
    'test/build/debian/shipping-root.test.ts',
    {
      packages: CHOICE,
      complete: () => undefined,
      commands: { version: 'exec cat "$home/root/usr/share/program/version"' },
    },
    join(directory, 'target.tool'),
  );
  t.mock.method(process.stderr, 'write', () => true);
  return {
    root,
    debs,
    make: (source) => makeShippingRoot(root, source, debs),
    version: () => runTool(commandOf(root, 'version', 'program'), []).toString('utf8'),
  };
}

describe('a root whose code is shipped', needs(...TOOLS), () => {
  it('is made of the packages of the day, which are kept with their record', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    const { debs, make, version } = createSetting(t);
    mirror.offer(OFFER, CURRENT);
    const record = await make(release);
    assert.equal(version(), '1.0');
    assert.deepEqual(readRecord(debs), record);
    mirror.offer([{ ...PROGRAM, version: '1.1' }, ...OFFER.slice(1)], CURRENT);
    const later = await make(release);
    assert.equal(version(), '1.1');
    assert.deepEqual(readRecord(debs), later);
    assert.deepEqual(
      readdirSync(debs).sort(),
      ['debian-packages.json', ...later.packages.map(({ file }) => file)].sort(),
    );
  });

  it('is not made for a release of an index out of date', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    const { make } = createSetting(t);
    mirror.offer(OFFER, EXPIRED);
    await assert.rejects(
      make(release),
      (error) => error instanceof ToolError && error.message.includes('is out of date'),
    );
  });

  it('is made again from the packages that were kept, also in their place', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    const first = createSetting(t);
    mirror.offer(OFFER, CURRENT);
    const record = await first.make(release);
    mirror.empty();
    const kept = { kind: 'kept', directory: first.debs } as const;
    const { make, version, debs } = createSetting(t);
    assert.deepEqual(await make(kept), record);
    assert.equal(version(), '1.0');
    assert.deepEqual(await first.make(kept), record);
    assert.deepEqual(readRecord(first.debs), readRecord(debs));
  });
});
