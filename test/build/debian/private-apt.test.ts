import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { mirrorsOf } from '../../../build/debian/debian-mirror.ts';
import { readIndexDates, whyOutOfDate } from '../../../build/debian/archive-index.ts';
import { withoutCredentials } from '../../../build/debian/mirror-failures.ts';
import { SUITE } from '../../../build/own-libraries/debian-node/debian-suite.ts';
import { nodeVersionOf } from '../../../build/own-libraries/debian-node/debian-suite.ts';
import {
  APT_GET,
  KEYRING_FILE,
  openPrivateApt,
  type PrivateApt,
  readUris,
} from '../../../build/debian/private-apt.ts';
import { UnavailableError } from '../../../build/tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { requireTools } from '../../support/require-tools.ts';

/** Nothing listens on the port for discarding (RFC 863). */
const UNREACHABLE = 'http://127.0.0.1:9/debian';
const PACKAGES = 'dists/forky/main/binary-i386/Packages';

/** A mirror on this machine with an index, and with a signature that is none of Debian's, or without. */
function mirrorWith(t: TestContext, releaseFile: 'Release' | 'InRelease'): string {
  const directory = temporaryDirectory(t);
  const index = 'Package: nodejs\nVersion: 99\nArchitecture: i386\n';
  const digest = createHash('sha256').update(index).digest('hex');
  const release = [
    `Suite: testing\nCodename: ${SUITE}\nArchitectures: i386\nComponents: main`,
    'Date: Fri, 30 Oct 2026 08:08:01 UTC',
    `SHA256:\n ${digest} ${index.length} main/binary-i386/Packages\n`,
  ].join('\n');
  mkdirSync(dirname(join(directory, PACKAGES)), { recursive: true });
  writeFileSync(join(directory, PACKAGES), index);
  const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${release}-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n`;
  const content = releaseFile === 'Release' ? release : signed;
  writeFileSync(join(directory, 'dists', SUITE, releaseFile), content);
  return `file:${directory}`;
}

function openAt(t: TestContext, mirror: string): PrivateApt {
  const home = temporaryDirectory(t);
  return openPrivateApt({
    home,
    suites: [{ suite: SUITE, mirror }],
    architecture: 'i386',
    keyring: KEYRING_FILE.program,
  });
}

describe('the private apt', () => {
  for (const releaseFile of ['Release', 'InRelease'] as const) {
    it(`takes no index that Debian has not signed (${releaseFile})`, (t) => {
      if (!requireTools(t, APT_GET, KEYRING_FILE)) return;
      const apt = openAt(t, mirrorWith(t, releaseFile));
      assert.throws(
        () => apt.update(),
        (error) =>
          error instanceof UnavailableError &&
          /^Debian's mirror file:.* cannot be used: it has no index that Debian has signed/.test(
            error.message,
          ),
      );
      assert.throws(() => apt.filesWithDependencies('nodejs'));
    });
  }

  it('names the mirror that cannot be reached, without its password', (t) => {
    if (!requireTools(t, APT_GET, KEYRING_FILE)) return;
    const apt = openAt(t, UNREACHABLE.replace('//', '//user:secret@'));
    assert.throws(
      () => apt.update(),
      (error) =>
        error instanceof UnavailableError &&
        error.message.startsWith(
          `Debian's mirror ${UNREACHABLE} cannot be used: it cannot be reached: `,
        ) &&
        !error.message.includes('secret'),
    );
  });

  it('reads what apt prints of package files', () => {
    const sha256 = 'ab'.repeat(32);
    const line = `'http://me:secret@a.example/p_1.deb' p_1%3a2_i386.deb 17 SHA256:${sha256}\n`;
    assert.deepEqual(readUris(line), [
      {
        name: 'p',
        version: '1:2',
        architecture: 'i386',
        file: 'p_1%3a2_i386.deb',
        uri: 'http://a.example/p_1.deb',
        bytes: 17,
        sha256,
      },
    ]);
    assert.throws(() => readUris(line.replace('SHA256', 'MD5Sum')), /no address and SHA-256/);
    assert.equal(withoutCredentials('http://a.example/x@y'), 'http://a.example/x@y');
  });

  it('reads the dates of an index from what is signed of it', () => {
    const inRelease = (fields: string): string =>
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${fields}\n-----BEGIN PGP SIGNATURE-----\n\niQ==\nDate: Thu, 01 Jan 1970 00:00:00 UTC\n`;
    const dates = 'Date: Fri, 30 Oct 2026 08:08:01 UTC\nValid-Until: Fri, 06 Nov 2026 08:08:01 UTC';
    const index = readIndexDates(inRelease(`Suite: testing\n${dates}\nSHA256:`));
    assert.deepEqual(index, {
      date: '2026-10-30T08:08:01.000Z',
      validUntil: '2026-11-06T08:08:01.000Z',
    });
    assert.equal(whyOutOfDate(index, new Date('2026-11-06T08:08:01Z')), undefined);
    assert.match(
      whyOutOfDate(index, new Date('2026-11-06T08:08:02Z')) ?? '',
      /valid until 2026-11-06/,
    );
    assert.throws(() => readIndexDates(inRelease('Suite: testing')), UnavailableError);
  });

  it('asks the mirrors that the machine asks, if they are of Debian', () => {
    const line = (uri: string): string => `'${uri}/dists/x/InRelease' x_InRelease 0 \n`;
    const main = 'http://mirror.example/pub/debian';
    const security = 'http://updates.example/debian-security';
    assert.deepEqual(mirrorsOf(line(security) + line(main)), { main, security });
    const debians = {
      main: 'http://deb.debian.org/debian',
      security: 'http://deb.debian.org/debian-security',
    };
    assert.deepEqual(mirrorsOf(line(main)), { ...debians, main });
    assert.deepEqual(mirrorsOf(line('http://archive.example/ubuntu')), debians);
  });

  it('takes a Node.js that is new enough', () => {
    assert.equal(nodeVersionOf('24.21.0+dfsg+~cs24.13.4-1'), '24.21.0');
    assert.equal(nodeVersionOf('20.19.2+dfsg-1+deb13u2'), '20.19.2');
    assert.throws(() => nodeVersionOf('20.18.1+dfsg-1'), /is older than 20\.19/);
    assert.throws(() => nodeVersionOf('18.20.4+dfsg-1~deb12u1'), /is older than 20\.19/);
  });
});
