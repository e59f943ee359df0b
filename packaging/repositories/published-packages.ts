import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { runTool, ToolError, type Tool } from '../../build/tool.ts';
import { signChecksums, type GpgKey } from '../signing/gpg.ts';
import { CHECKSUMS, writeChecksums, type ListedFile } from '../signing/checksums.ts';
import type { PublicKey } from '../signing/public-key.ts';
import { sha256OfFile } from '../../build/runtime/sha256-of-file.mjs';

export const GPGV: Tool = { program: 'gpgv', debianPackage: 'gpgv' };

/** A package of either repository, and never a file outside of them. */
const LINE = /^([0-9a-f]{64}) {2}((?:apt\/pool|dnf\/\w+)\/[\w+~-][\w.+~-]*\.(?:deb|rpm))$/;

/**
 * Writes the list of all packages of the repositories, which the next release relies on, and its signature.
 *
 * @throws ToolError when gpg is missing or cannot use the key
 */
export function writeList(directory: string, packages: readonly ListedFile[], key: GpgKey): void {
  signChecksums(writeChecksums(directory, packages), key);
}

/**
 * Reads which packages published repositories contain. A file that the list does not name is none of them.
 *
 * @param directory - a copy of the published repositories
 * @throws BuildError when the list is missing, is not signed by the key, or a package is missing or was changed
 */
export function readPublishedPackages(directory: string, key: PublicKey): readonly ListedFile[] {
  const packages = readSignedList(directory, key).map((line) => {
    const [, sha256 = '', path = ''] = LINE.exec(line) ?? [];
    if (path === '')
      throw new BuildError(`${join(directory, CHECKSUMS)} names no package: ${line}`);
    return { path, sha256 };
  });
  for (const { path, sha256 } of packages) {
    const file = join(directory, path);
    if (!existsSync(file)) {
      throw new BuildError(`${file} is missing: copy the published repositories completely`);
    }
    if (sha256OfFile(file) !== sha256) {
      throw new BuildError(`${file} was changed after it was published: restore the original`);
    }
  }
  return packages;
}

function readSignedList(directory: string, { binary, fingerprint }: PublicKey): readonly string[] {
  const list = join(directory, CHECKSUMS);
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
