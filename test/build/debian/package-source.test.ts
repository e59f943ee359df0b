import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SUITE } from '../../../build/own-libraries/debian-node/debian-suite.ts';
import type { PackageSource } from '../../../build/debian/package-source.ts';
import { readRecord } from '../../../build/debian/packages-record.ts';
import { unpackPackages } from '../../../build/debian/unpack-packages.ts';
import { BuildError } from '../../../build/runtime/build-error.mjs';
import { UnavailableError } from '../../../build/tool.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startLocalMirror } from './support/local-mirror.ts';
import {
  CHOICE,
  CURRENT,
  EXPIRED,
  NEWEST,
  NOON,
  OFFER,
  PROGRAM,
  startSmallArchive,
  TOOLS,
  unpack,
  YESTERDAY,
} from './support/small-archive.ts';

const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1000;
const WARNING = `Warning: Debian's index of ${SUITE} is out of date: it is of 2026-04-01 and was valid until 2026-04-08. A release cannot be made of it.\n`;

/** Gives apt this configuration in place of the machine's until the test ends (apt.conf(5)). */
function setApt(t: TestContext, configuration: string): void {
  const path = join(temporaryDirectory(t), 'apt.conf');
  const nothingElse = 'Dir::Etc::main "/dev/null";\nDir::Etc::parts "/dev/null";\n';
  writeFileSync(path, `${nothingElse}${configuration}`);
  process.env['APT_CONFIG'] = path;
  t.after(() => {
    delete process.env['APT_CONFIG'];
  });
}

describe('packages of the archive', needs(...TOOLS), () => {
  it('are those that the signed index names, with what they depend on', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    assert.deepEqual(await unpack(t, release), { packages: NEWEST, warnings: '' });
  });

  it('are of an index without an end, such as a stable suite has', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, { date: YESTERDAY });
    assert.deepEqual(await unpack(t, release), { packages: NEWEST, warnings: '' });
  });

  it('are kept with a record of names, versions, digests and the dates of the index', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    const kept = join(temporaryDirectory(t), 'debs');
    await unpack(t, release, kept);
    const { packages, ...others } = readRecord(kept);
    assert.deepEqual(others, {
      suite: SUITE,
      architecture: 'i386',
      index: { date: '2026-05-09T08:00:00.000Z', validUntil: '2026-05-16T08:00:00.000Z' },
      security: { date: '2026-05-09T08:00:00.000Z', validUntil: '2026-05-16T08:00:00.000Z' },
    });
    assert.deepEqual(
      packages.map(({ name, version, architecture, file, uri }) => [
        name,
        version,
        architecture,
        file,
        uri,
      ]),
      OFFER.map(({ name, version }) => {
        const file = `${name}_${version}_i386.deb`;
        return [name, version, 'i386', file, `${mirror.uri}/pool/${file}`];
      }).sort(),
    );
    assert.deepEqual(
      readdirSync(kept).sort(),
      ['debian-packages.json', ...packages.map(({ file }) => file)].sort(),
    );
  });

  it('are the same all day, but those of a release are asked for each time', async (t) => {
    const { mirror, archive, release, development } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    await unpack(t, development);
    const files = join(archive.cache, CHOICE.name, 'files');
    utimesSync(join(files, 'debian-packages.json'), NOON, NOON);
    mirror.offer([{ ...PROGRAM, version: '1.1' }, ...OFFER.slice(1)], CURRENT);
    assert.deepEqual((await unpack(t, development)).packages, NEWEST);
    const newer = ['library 2.0', 'program 1.1', 'texts 3.0'];
    assert.deepEqual((await unpack(t, release)).packages, newer);
    assert.equal(existsSync(join(files, 'program_1.0_i386.deb')), false);
  });

  it('are asked for again when others are wanted', async (t) => {
    const { mirror, archive, development } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    const fewer = { ...CHOICE, alone: [] };
    await unpackPackages({ choice: fewer, source: development, directory: temporaryDirectory(t) });
    const files = join(archive.cache, CHOICE.name, 'files');
    utimesSync(join(files, 'debian-packages.json'), NOON, NOON);
    assert.deepEqual((await unpack(t, development)).packages, NEWEST);
  });

  it('that are tools may be of an index out of date', async (t) => {
    const { mirror, archive } = await startSmallArchive(t);
    mirror.offer(OFFER, EXPIRED);
    const tool = { kind: 'archive', archive, purpose: 'tool' } as const;
    assert.deepEqual(await unpack(t, tool), { packages: NEWEST, warnings: '' });
  });

  it('are asked for again the next day, and when a file has changed', async (t) => {
    const { mirror, archive, development } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    await unpack(t, development);
    const files = join(archive.cache, CHOICE.name, 'files');
    mirror.offer([{ ...PROGRAM, version: '1.1' }, ...OFFER.slice(1)], CURRENT);
    utimesSync(join(files, 'debian-packages.json'), YESTERDAY, YESTERDAY);
    const newer = ['library 2.0', 'program 1.1', 'texts 3.0'];
    assert.deepEqual((await unpack(t, development)).packages, newer);
    utimesSync(join(files, 'debian-packages.json'), NOON, NOON);
    writeFileSync(join(files, 'texts_3.0_i386.deb'), 'something else');
    assert.deepEqual((await unpack(t, development)).packages, newer);
  });

  it('of an index out of date are no release; elsewhere a warning has its date', async (t) => {
    const { mirror, release, development } = await startSmallArchive(t);
    mirror.offer(OFFER, EXPIRED);
    assert.deepEqual(await unpack(t, development), { packages: NEWEST, warnings: WARNING });
    assert.deepEqual((await unpack(t, development)).warnings, WARNING);
    await assert.rejects(
      unpack(t, release),
      (error) =>
        error instanceof BuildError &&
        !(error instanceof UnavailableError) &&
        error.message.startsWith(
          `Debian's index of ${SUITE} is out of date: it is of 2026-04-01 and was valid until 2026-04-08. Name a current mirror`,
        ),
    );
  });

  for (const check of ['true', 'false']) {
    it(`are taken and warned about, whatever this machine's apt is set to (${check})`, async (t) => {
      const { mirror, development } = await startSmallArchive(t);
      setApt(t, `Acquire::Check-Valid-Until "${check}";\nAcquire::Check-Date "${check}";\n`);
      mirror.offer(OFFER, EXPIRED);
      assert.deepEqual(await unpack(t, development), { packages: NEWEST, warnings: WARNING });
      mirror.offer(OFFER, { date: new Date(Date.now() + TWO_DAYS_MS) });
      const { packages, warnings } = await unpack(t, development);
      assert.deepEqual(packages, NEWEST);
      assert.match(warnings, /^Warning: .* is in the future: check the clock/);
    });
  }

  it('of an index of the future are no release either', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, { date: new Date('2026-05-11T00:00:00Z') });
    await assert.rejects(
      unpack(t, release),
      /is of 2026-05-11, which is in the future: check the clock/,
    );
  });
});

describe('a mirror that cannot be used', needs(...TOOLS), () => {
  const refuses = async (t: TestContext, source: PackageSource, message: RegExp): Promise<void> => {
    await assert.rejects(
      unpack(t, source),
      (error) => error instanceof UnavailableError && message.test(error.message),
    );
  };

  it('leaves the target out: no index', async (t) => {
    const { release } = await startSmallArchive(t);
    await refuses(t, release, /^Debian's mirror http:\S+ cannot be used: it /);
  });

  it('leaves the target out: an index that another key has signed', async (t) => {
    const { mirror, archive } = await startSmallArchive(t);
    const other = await startLocalMirror(t);
    mirror.offer(OFFER, CURRENT);
    const source = { ...archive, keyring: other.keyring };
    await refuses(
      t,
      { kind: 'archive', archive: source, purpose: 'release' },
      /signed with a key that is not known here/,
    );
  });

  it('leaves the target out: a package is missing, or one that it needs', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    for (const offer of [OFFER.slice(1), [PROGRAM, ...OFFER.slice(2)], OFFER.slice(0, 2)]) {
      mirror.offer(offer, CURRENT);
      await refuses(t, release, /cannot be used: it lacks a package/);
    }
  });

  it('leaves the target out: a file is not the one that the index names', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    mirror.damage('library_2.0_i386.deb');
    await refuses(t, release, /cannot be used/);
  });

  it('is not replaced by packages of another day', async (t) => {
    const { mirror, archive, development } = await startSmallArchive(t);
    mirror.offer(OFFER, CURRENT);
    await unpack(t, development);
    const record = join(archive.cache, CHOICE.name, 'files', 'debian-packages.json');
    utimesSync(record, YESTERDAY, YESTERDAY);
    mirror.empty();
    await refuses(t, development, /cannot be used/);
  });
});
