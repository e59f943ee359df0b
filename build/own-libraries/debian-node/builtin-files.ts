import { BuildError } from '../../runtime/build-error.mjs';

/**
 * Debian's Node.js reads some of its built-in modules from files of other packages when it starts,
 * and aborts when they are missing. Their paths are strings in `libnode.so`.
 */
const DEBIAN_DIRECTORY = '/usr/share/nodejs';

/**
 * The other places that name the directory and mean no file: labels inside bundled modules
 * (`../../usr/share/nodejs/…`) and a record of how Node.js was configured (`…_PATH=/usr/share/…`).
 */
const NO_FILE = /(?:\/\.\.|_PATH=)$/;
const NO_FILE_LENGTH = 6;

/** `libnode.so` with other paths, and the files it reads now. */
export interface MovedBuiltins {
  readonly library: Buffer;
  /** From names in the new directory to paths in Debian's packages, without a leading slash. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Makes `libnode.so` read these files from another directory. The new paths are as long as the old
 * ones, so that nothing else moves: slashes fill them up, which the kernel takes for one
 * (POSIX, 4.13 Pathname Resolution).
 *
 * @param library - the bytes of `libnode.so`
 * @param directory - absolute; short, because the shortest path leaves little room
 * @throws BuildError when there is no such path, a new one would be too long, or the directory is
 *   where neither a path nor anything known is
 */
export function moveBuiltins(library: Buffer, directory: string): MovedBuiltins {
  const moved = Buffer.from(library);
  const files = new Map<string, string>();
  for (const offset of occurrences(library, DEBIAN_DIRECTORY)) {
    const before = library.toString('latin1', offset - NO_FILE_LENGTH, offset);
    if (NO_FILE.test(before)) continue;
    const end = library.indexOf(0, offset);
    const path = library.toString('latin1', offset, end);
    if (!before.endsWith('\0') || !/^(?:\/[\w.-]+)+\.js$/.test(path)) {
      throw new BuildError(
        `libnode has ${DEBIAN_DIRECTORY} at offset ${offset} where no path of a module was expected: ${JSON.stringify(before + path.slice(0, 100))}`,
      );
    }
    const name = String(files.size);
    files.set(name, path.slice(1));
    moved.write(pathOfLength(path.length, directory, name), offset, 'latin1');
  }
  if (files.size === 0) {
    throw new BuildError(
      `libnode reads no file from ${DEBIAN_DIRECTORY}: it is not built as expected`,
    );
  }
  return { library: moved, files };
}

function pathOfLength(length: number, directory: string, name: string): string {
  const slashes = length - directory.length - name.length;
  if (slashes < 1) {
    throw new BuildError(
      `${directory}/${name} is longer than the ${length} bytes that libnode has for it`,
    );
  }
  return directory + '/'.repeat(slashes) + name;
}

function* occurrences(bytes: Buffer, text: string): Generator<number> {
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) {
    yield at;
  }
}
