import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../../build/runtime/build-error.mjs';

/** A directory or file of an installed tree. */
export type TreeEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: Buffer;
    };

const DIRECTORY_MODE = 0o755;
const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;

/**
 * Reads a tree. Paths are relative, with slashes, a directory before its content, in the
 * order of their bytes; modes are 755 for directories and programs, 644 for other files.
 *
 * @param directory - which is not itself an entry
 * @throws BuildError when something in it is neither directory nor file
 */
export function readInstalledTree(directory: string): TreeEntry[] {
  return readDirectory(directory, '');
}

function readDirectory(root: string, prefix: string): TreeEntry[] {
  const names = readdirSync(join(root, prefix)).toSorted((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  return names.flatMap((name) => {
    const path = `${prefix}${name}`;
    const stat = lstatSync(join(root, path));
    if (stat.isDirectory()) {
      const entry: TreeEntry = { kind: 'directory', path, mode: DIRECTORY_MODE };
      return [entry, ...readDirectory(root, `${path}/`)];
    }
    if (!stat.isFile()) {
      throw new BuildError(`${join(root, path)} is neither a directory nor a file`);
    }
    const mode = (stat.mode & 0o100) === 0 ? FILE_MODE : PROGRAM_MODE;
    const entry: TreeEntry = { kind: 'file', path, mode, content: readFileSync(join(root, path)) };
    return [entry];
  });
}
