import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { SUITE } from '../../../../build/own-libraries/debian-node/debian-suite.ts';
import { runTool, type Tool } from '../../../../build/tool.ts';
import { endWithTest, spawn } from '../../../support/child-process.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { GPG, GPGCONF } from '../../../support/tools.ts';

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };

const ARCHITECTURE = 'i386';
const INDEX = `main/binary-${ARCHITECTURE}/Packages`;
const SERVE = join(import.meta.dirname, 'serve-directory.ts');

/** A package to be offered. */
export interface OfferedPackage {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
}

/** The date of an index, and until when it is valid. */
export interface OfferedDates {
  readonly date: Date;
  readonly validUntil?: Date;
}

/** An archive in the form of Debian's (wiki.debian.org/DebianRepository/Format), served by HTTP. */
export interface LocalArchive {
  readonly uri: string;
  /** Offers these packages instead of those before, by a signed index. */
  offer(packages: readonly OfferedPackage[], dates: OfferedDates): void;
  /** Changes the bytes of a package file, of which the index still has the digest. */
  damage(name: string): void;
  /** Offers nothing any more. */
  empty(): void;
}

/** An archive, and that of its security updates. */
export interface LocalMirror extends LocalArchive {
  readonly security: LocalArchive;
  /** Path of the key that signs the indexes. */
  readonly keyring: string;
}

/** Starts a mirror, which ends with the test. It has a key of its own. */
export async function startLocalMirror(t: TestContext): Promise<LocalMirror> {
  const work = temporaryDirectory(t);
  const served = join(work, 'served');
  mkdirSync(served);
  const { gpg, keyring } = createKey(t, work);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SERVE, served], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithTest(t, child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const uri = `http://127.0.0.1:${line.toString('utf8').trim()}`;
  const archiveOf = (name: string, suite: string): LocalArchive => ({
    uri: `${uri}/${name}`,
    ...archiveIn({ directory: join(served, name), work, suite, gpg }),
  });
  return {
    ...archiveOf('debian', SUITE),
    security: archiveOf('debian-security', `${SUITE}-security`),
    keyring,
  };
}

interface ArchiveSetting {
  readonly directory: string;
  readonly work: string;
  /** The only suite. */
  readonly suite: string;
  readonly gpg: (...args: readonly string[]) => void;
}

function archiveIn({ directory, work, suite, gpg }: ArchiveSetting): Omit<LocalArchive, 'uri'> {
  const poolPath = (file: string): string => join('pool', file);
  const empty = (): void => {
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    empty,
    damage(name) {
      const path = join(directory, poolPath(name));
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      writeFileSync(path, bytes);
    },
    offer(packages, { date, validUntil }) {
      empty();
      const paragraphs = packages.map((each) => {
        const built = buildPackage(work, each);
        const path = poolPath(built.file);
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        cpSync(built.path, join(directory, path));
        const content = readFileSync(built.path);
        return `${built.control}Filename: ${path}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`;
      });
      const index = paragraphs.join('\n');
      const until = validUntil === undefined ? '' : `Valid-Until: ${validUntil.toUTCString()}\n`;
      const release =
        `Origin: Test\nCodename: ${suite}\nDate: ${date.toUTCString()}\n${until}` +
        `Architectures: ${ARCHITECTURE}\nComponents: main\n` +
        `SHA256:\n ${sha256(Buffer.from(index))} ${index.length} ${INDEX}\n`;
      const indexes = join(directory, 'dists', suite);
      mkdirSync(join(indexes, dirname(INDEX)), { recursive: true });
      writeFileSync(join(indexes, INDEX), index);
      writeFileSync(join(work, 'Release'), release);
      gpg('--clear-sign', '--output', join(indexes, 'InRelease'), join(work, 'Release'));
    },
  };
}

function createKey(
  t: TestContext,
  work: string,
): { gpg: (...args: readonly string[]) => void; keyring: string } {
  const home = join(work, 'gnupg');
  const keyring = join(work, 'keyring.gpg');
  mkdirSync(home, { mode: 0o700 });
  const env = { GNUPGHOME: home };
  t.after(() => {
    runTool(GPGCONF, ['--kill', 'all'], { env });
  });
  const gpg = (...args: readonly string[]): void => {
    runTool(GPG, ['--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
      env,
    });
  };
  gpg('--quick-generate-key', 'Test Archive <archive@example.com>', 'rsa2048', 'sign', 'never');
  gpg('--output', keyring, '--export');
  return { gpg, keyring };
}

function buildPackage(
  work: string,
  { name, version, depends }: OfferedPackage,
): { file: string; path: string; control: string } {
  const root = join(work, 'root');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  mkdirSync(join(root, 'usr/share', name), { recursive: true });
  writeFileSync(join(root, 'usr/share', name, 'version'), version);
  const control =
    `Package: ${name}\nVersion: ${version}\nArchitecture: ${ARCHITECTURE}\n` +
    `Maintainer: Test <test@example.com>\nDescription: test\n` +
    (depends === undefined ? '' : `Depends: ${depends}\n`);
  writeFileSync(join(root, 'DEBIAN/control'), control);
  const file = `${name}_${version}_${ARCHITECTURE}.deb`;
  const path = join(work, file);
  runTool(DPKG_DEB, ['--root-owner-group', '-Znone', '--build', root, path]);
  return { file, path, control };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
