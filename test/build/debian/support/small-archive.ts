import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DebianArchive, PackageSource } from '../../../../build/debian/package-source.ts';
import { SUITE } from '../../../../build/own-libraries/debian-node/debian-suite.ts';
import { APT_GET } from '../../../../build/debian/private-apt.ts';
import { unpackPackages } from '../../../../build/debian/unpack-packages.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { GPG, GPGCONF } from '../../../support/tools.ts';
import { DPKG_DEB, startLocalMirror, type LocalMirror, type OfferedDates } from './local-mirror.ts';

/** What a local mirror and the build take of the system. */
export const TOOLS = [APT_GET, DPKG_DEB, GPG, GPGCONF] as const;

/** What the tests want of the archive. */
export const CHOICE = {
  name: 'choice',
  suite: SUITE,
  architecture: 'i386',
  withDependencies: ['program'],
  alone: ['texts'],
} as const;
export const PROGRAM = { name: 'program', version: '1.0', depends: 'library' } as const;
export const OFFER = [
  PROGRAM,
  { name: 'library', version: '2.0' },
  { name: 'texts', version: '3.0' },
];

export const NOON = new Date('2026-05-10T12:00:00Z');
export const YESTERDAY = new Date('2026-05-09T08:00:00Z');
export const CURRENT: OfferedDates = {
  date: YESTERDAY,
  validUntil: new Date('2026-05-16T08:00:00Z'),
};
export const EXPIRED: OfferedDates = {
  date: new Date('2026-04-01T08:00:00Z'),
  validUntil: new Date('2026-04-08T08:00:00Z'),
};

/** A local mirror, and sources of packages that use it. */
export interface SmallArchive {
  readonly mirror: LocalMirror;
  readonly archive: DebianArchive;
  readonly release: PackageSource;
  readonly development: PackageSource;
}

/** Starts a mirror that offers nothing yet, and no security updates. It is noon on 2026-05-10. */
export async function startSmallArchive(t: TestContext): Promise<SmallArchive> {
  const mirror = await startLocalMirror(t);
  mirror.security.offer([], CURRENT);
  const archive: DebianArchive = {
    mirrors: () => ({ main: mirror.uri, security: mirror.security.uri }),
    keyring: mirror.keyring,
    cache: temporaryDirectory(t),
    now: () => NOON,
  };
  return {
    mirror,
    archive,
    release: { kind: 'archive', archive, purpose: 'release' },
    development: { kind: 'archive', archive, purpose: 'development' },
  };
}

/** Unpacks and returns what was unpacked; what is written to standard error goes to `warnings`. */
export async function unpack(
  t: TestContext,
  source: PackageSource,
  keepIn?: string,
): Promise<{ readonly packages: readonly string[]; readonly warnings: string }> {
  const directory = temporaryDirectory(t);
  const write = t.mock.method(process.stderr, 'write', () => true);
  try {
    const request = { choice: CHOICE, source, directory };
    const unpacked = await unpackPackages(keepIn === undefined ? request : { ...request, keepIn });
    const packages = unpacked.map(({ name, version, directory: place }) => {
      assert.equal(readFileSync(join(place, 'usr/share', name, 'version'), 'utf8'), version);
      return `${name} ${version}`;
    });
    const texts = write.mock.calls.map((call) => String(call.arguments[0]));
    return { packages, warnings: texts.filter((text) => text.startsWith('Warning')).join('') };
  } finally {
    write.mock.restore();
  }
}

/** What is unpacked of {@link OFFER}. */
export const NEWEST = ['library 2.0', 'program 1.0', 'texts 3.0'];
