import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { runTool, ToolError, type Tool } from '../../build/tool.ts';
import { signDetached, type GpgKey } from '../signing/gpg.ts';
import type { PublicKey } from '../signing/public-key.ts';

/** A package in a repository. */
export interface RepositoryPackage {
  /** Below the directory of the repositories, with `/`. */
  readonly path: string;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

export const GPGV: Tool = { program: 'gpgv', debianPackage: 'gpgv' };

/** The signed list of packages, which the next release relies on. */
const LIST = 'SHA256SUMS';
/** A package of either repository, and never a file outside of them. */
const LINE = /^([0-9a-f]{64}) {2}((?:apt\/pool|dnf\/\w+)\/[\w+~-][\w.+~-]*\.(?:deb|rpm))$/;

/**
 * Writes the list of all packages of the repositories, in the form that `sha256sum --check` reads, and its signature.
 *
 * @throws ToolError when gpg is missing or cannot use the key
 */
export function writeList(
  directory: string,
  packages: readonly RepositoryPackage[],
  key: GpgKey,
): void {
  const list = join(directory, LIST);
  writeFileSync(list, packages.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
  signDetached(list, `${list}.asc`, key);
}

/**
 * Reads which packages published repositories contain. A file that the list does not name is none of them.
 *
 * @param directory - a copy of the published repositories
 * @throws BuildError when the list is missing, is not signed by the key, or a package is missing or was changed
 */
export function readPublishedPackages(
  directory: string,
  key: PublicKey,
): readonly RepositoryPackage[] {
  const packages = readSignedList(directory, key).map((line) => {
    const [, sha256 = '', path = ''] = LINE.exec(line) ?? [];
    if (path === '') throw new BuildError(`${join(directory, LIST)} names no package: ${line}`);
    return { path, sha256 };
  });
  for (const { path, sha256 } of packages) {
    const file = join(directory, path);
    if (!existsSync(file)) {
      throw new BuildError(`${file} is missing: copy the published repositories completely`);
    }
    if (digestOf(file) !== sha256) {
      throw new BuildError(`${file} was changed after it was published: restore the original`);
    }
  }
  return packages;
}

function readSignedList(directory: string, { binary, fingerprint }: PublicKey): readonly string[] {
  const list = join(directory, LIST);
  const signature = `${list}.asc`;
  for (const file of [list, signature]) {
    if (existsSync(file)) continue;
    throw new BuildError(`${directory} is no copy of published repositories: it has no ${file}`);
  }
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-key-'));
  try {
    // Only this key counts, whatever else the caller's key ring contains.
    const keyring = join(work, 'keyring.gpg');
    writeFileSync(keyring, binary);
    runTool(GPGV, ['--keyring', keyring, signature, list]);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new BuildError(
      `${list} is not signed with the key ${fingerprint}: set SSM_SIGN_GPG_KEY to the key of the published repositories, or restore them\n${error.message}`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return readFileSync(list, 'utf8').split('\n').slice(0, -1);
}

/** @returns SHA-256 in hexadecimal */
export function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
