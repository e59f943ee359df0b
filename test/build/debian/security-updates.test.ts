import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readRecord } from '../../../build/debian/packages-record.ts';
import { SUITE } from '../../../build/own-libraries/debian-node/debian-suite.ts';
import { ToolError, UnavailableError } from '../../../build/tool.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  CHOICE,
  CURRENT,
  EXPIRED,
  NEWEST,
  NOON,
  OFFER,
  startSmallArchive,
  TOOLS,
  unpack,
  YESTERDAY,
} from './support/small-archive.ts';

/** The index of a stable suite has no end. */
const STABLE = { date: YESTERDAY };
const FIXED_LIBRARY = { name: 'library', version: '2.0.1' };
const FIXED = ['library 2.0.1', 'program 1.0', 'texts 3.0'];
const WITHOUT_UPDATES = `Warning: What was taken of ${SUITE} is without security updates. A release cannot be made of it.\n`;

describe('security updates of Debian', needs(...TOOLS), () => {
  it('replace packages of the suite, and the record names their index', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, STABLE);
    mirror.security.offer([FIXED_LIBRARY], CURRENT);
    const kept = join(temporaryDirectory(t), 'debs');
    assert.deepEqual(await unpack(t, release, kept), { packages: FIXED, warnings: '' });
    const { index, security, packages } = readRecord(kept);
    assert.deepEqual(index, { date: '2026-05-09T08:00:00.000Z' });
    assert.deepEqual(security, {
      date: '2026-05-09T08:00:00.000Z',
      validUntil: '2026-05-16T08:00:00.000Z',
    });
    assert.deepEqual(
      packages.filter(({ name }) => name === 'library').map(({ uri }) => uri),
      [`${mirror.security.uri}/pool/library_2.0.1_i386.deb`],
    );
  });

  it('of an old index, which a mirror replays, are no release; elsewhere a warning has its date', async (t) => {
    const { mirror, release, development } = await startSmallArchive(t);
    mirror.offer(OFFER, STABLE);
    mirror.security.offer([], EXPIRED);
    const problem = `Debian's index of ${SUITE}-security is out of date: it is of 2026-04-01 and was valid until 2026-04-08.`;
    assert.deepEqual(await unpack(t, development), {
      packages: NEWEST,
      warnings: `Warning: ${problem} A release cannot be made of it.\n`,
    });
    await assert.rejects(
      unpack(t, release),
      (error) =>
        error instanceof ToolError && error.message.startsWith(`${problem} Name a current`),
    );
  });

  it('of an index without an end, which can be an old one, are no release', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, STABLE);
    mirror.security.offer([], STABLE);
    await assert.rejects(
      unpack(t, release),
      new RegExp(
        `index of ${SUITE}-security is of 2026-05-09 and does not state until when it is valid`,
      ),
    );
  });

  it('that cannot be reached make a release fail, and the error names their mirror', async (t) => {
    const { mirror, release } = await startSmallArchive(t);
    mirror.offer(OFFER, STABLE);
    mirror.security.empty();
    await assert.rejects(
      unpack(t, release),
      (error) =>
        error instanceof UnavailableError &&
        error.message.startsWith(`Debian's mirror ${mirror.security.uri} cannot be used: `),
    );
  });

  it('that cannot be reached make a development build warn, and are looked for by the next', async (t) => {
    const { mirror, archive, development } = await startSmallArchive(t);
    mirror.offer(OFFER, STABLE);
    mirror.security.empty();
    assert.deepEqual(await unpack(t, development), { packages: NEWEST, warnings: WITHOUT_UPDATES });
    const record = join(archive.cache, CHOICE.name, 'files', 'debian-packages.json');
    utimesSync(record, NOON, NOON);
    mirror.security.offer([FIXED_LIBRARY], CURRENT);
    assert.deepEqual(await unpack(t, development), { packages: FIXED, warnings: '' });
  });

  it('are not needed for tools that are not shipped', async (t) => {
    const { mirror, archive } = await startSmallArchive(t);
    mirror.offer(OFFER, STABLE);
    mirror.security.empty();
    const tool = { kind: 'archive', archive, purpose: 'tool' } as const;
    assert.deepEqual(await unpack(t, tool), { packages: NEWEST, warnings: '' });
  });
});
