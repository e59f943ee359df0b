import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { PackageSource } from '../../../build/debian/package-source.ts';
import { readRecord } from '../../../build/debian/packages-record.ts';
import { BuildError } from '../../../build/runtime/build-error.mjs';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  EXPIRED,
  NEWEST,
  OFFER,
  startSmallArchive,
  TOOLS,
  unpack,
} from './support/small-archive.ts';

describe('kept packages', needs(...TOOLS), () => {
  async function keep(
    t: TestContext,
  ): Promise<{ readonly source: PackageSource; readonly kept: string }> {
    const { mirror, development } = await startSmallArchive(t);
    mirror.offer(OFFER, EXPIRED);
    const kept = join(temporaryDirectory(t), 'debs');
    await unpack(t, development, kept);
    mirror.empty();
    return { source: { kind: 'kept', directory: kept }, kept };
  }

  it('repeat a build without the archive, whatever the date', async (t) => {
    const { source, kept } = await keep(t);
    const again = join(temporaryDirectory(t), 'again');
    assert.deepEqual(await unpack(t, source, again), { packages: NEWEST, warnings: '' });
    assert.deepEqual(readRecord(again), readRecord(kept));
  });

  it('must be those of their record', async (t) => {
    const { source, kept } = await keep(t);
    const file = join(kept, 'library_2.0_i386.deb');
    const wrong = new BuildError(`${file} is missing, or not the file of the record`);
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(1)]));
    await assert.rejects(unpack(t, source), wrong);
    rmSync(file);
    await assert.rejects(unpack(t, source), wrong);
  });

  it('must have a record that names what is needed', async (t) => {
    const { source, kept } = await keep(t);
    const path = join(kept, 'debian-packages.json');
    const record = readRecord(kept);
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [{ ...record, suite: 'sid' }, /is of sid \(i386\), not of/],
      [
        { ...record, packages: record.packages.filter(({ name }) => name !== 'program') },
        /does not name the package program/,
      ],
      [
        { ...record, packages: [{ ...record.packages[0], file: '../x_1_all.deb' }] },
        /is not a record/,
      ],
      [{ ...record, index: undefined }, /is not a record/],
      ['', /is not a record/],
    ];
    for (const [content, message] of cases) {
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      await assert.rejects(
        unpack(t, source),
        (error) => error instanceof BuildError && message.test(error.message),
      );
    }
    rmSync(path);
    await assert.rejects(
      unpack(t, source),
      /has no debian-packages\.json: put the one of the release/,
    );
  });
});
