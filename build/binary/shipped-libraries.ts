import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { basename, join } from 'node:path';
import { licencesNamedIn } from '../own-libraries/manifest.ts';
import type { BinaryTarget } from '../targets.ts';
import { runTool, type Tool } from '../tool.ts';
import { sha256OfFile } from '../runtime/sha256-of-file.mjs';

/** The libraries beside a program, for the bill of materials and the licences. */
export interface ShippedLibraries {
  readonly packages: readonly ShippedLibrary[];
  /** Texts of licences that the copyright texts only name (`/usr/share/common-licenses/<name>`). */
  readonly commonLicences: Readonly<Record<string, string>>;
}

/** A library of a package that is installed on this machine. */
export interface ShippedLibrary {
  /** The package's name. */
  readonly name: string;
  readonly version: string;
  /** As dpkg names it. */
  readonly architecture: string;
  /** The package of which the distribution keeps the sources. */
  readonly source: string;
  readonly sourceVersion: string;
  /** `ID` and `VERSION_CODENAME` of os-release(5), such as `debian` and `bookworm`. */
  readonly distribution: string;
  readonly suite: string;
  /** The file, by its name in the program's directory: `lib/libatomic.so.1`. */
  readonly file: string;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  /** `/usr/share/doc/<name>/copyright`. */
  readonly copyright: string;
}

/** What Node.js for Linux needs from version 25 on, beside the libraries of a minimal system. */
export const ATOMIC_LIBRARY = 'libatomic.so.1';
/** Where a program looks for its libraries first: beside the directory that it is in (ld.so(8)). */
const RUN_PATH = '$ORIGIN/../lib';

export const PATCHELF: Tool = { program: 'patchelf', debianPackage: 'patchelf' };
const LIBRARY_DIRECTORY = 'lib';
const DPKG_QUERY: Tool = { program: 'dpkg-query', debianPackage: 'dpkg' };

/** libatomic of an architecture of Linux, which a minimal system lacks. */
const ATOMIC: Readonly<Record<BinaryTarget['arch'], Tool>> = {
  x64: { program: `/usr/lib/x86_64-linux-gnu/${ATOMIC_LIBRARY}`, debianPackage: 'libatomic1' },
  arm64:
    arch() === 'arm64'
      ? { program: `/usr/lib/aarch64-linux-gnu/${ATOMIC_LIBRARY}`, debianPackage: 'libatomic1' }
      : {
          program: `/usr/aarch64-linux-gnu/lib/${ATOMIC_LIBRARY}`,
          debianPackage: 'libatomic1-arm64-cross',
        },
};

/** The libraries of this machine that are shipped beside the program of a target. */
export function librariesFor(target: Pick<BinaryTarget, 'platform' | 'arch'>): readonly Tool[] {
  return target.platform === 'linux' ? [ATOMIC[target.arch]] : [];
}

/**
 * Makes a program for Linux look for its libraries where {@link copyLibraries} puts them.
 *
 * @param program - path of the finished program: what puts scripts into a runtime misplaces the strings of one
 *   that was changed in this way before
 * @throws ToolError when patchelf is missing or fails
 */
export function setRunPath(program: string): void {
  runTool(PATCHELF, ['--set-rpath', RUN_PATH, program]);
}

/** What this machine's libraries for a target are: it changes when one of them does. */
export function libraryDigests(target: BinaryTarget): readonly string[] {
  return librariesFor(target).map(({ program }) => sha256OfFile(program));
}

/**
 * Copies the libraries for a target to where its program looks for them.
 *
 * @param directory - the directory of the program, with `bin/`
 * @returns what was copied
 * @throws ToolError when dpkg does not know a library's package
 */
export function copyLibraries(target: BinaryTarget, directory: string): ShippedLibraries {
  const packages = librariesFor(target).map((library) => {
    const file = join(LIBRARY_DIRECTORY, basename(library.program));
    mkdirSync(join(directory, LIBRARY_DIRECTORY), { recursive: true });
    copyFileSync(library.program, join(directory, file));
    return describe(library, file);
  });
  const licences = packages.flatMap(({ copyright }) => licencesNamedIn(copyright));
  return {
    packages,
    commonLicences: Object.fromEntries(
      [...new Set(licences)]
        .sort()
        .map((name) => [name, readFileSync(join('/usr/share/common-licenses', name), 'utf8')]),
    ),
  };
}

function describe({ program, debianPackage: name }: Tool, file: string): ShippedLibrary {
  const format = '${Version}\n${Architecture}\n${source:Package}\n${source:Version}\n';
  const printed = runTool(DPKG_QUERY, ['--show', `--showformat=${format}`, name]).toString('utf8');
  const [version = '', architecture = '', source = '', sourceVersion = ''] = printed.split('\n');
  return {
    ...{ name, version, architecture, source, sourceVersion, file },
    distribution: osRelease('ID'),
    suite: osRelease('VERSION_CODENAME'),
    sha256: sha256OfFile(program),
    copyright: readFileSync(join('/usr/share/doc', name, 'copyright'), 'utf8'),
  };
}

function osRelease(name: string): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return new RegExp(`^${name}="?([a-z0-9._-]+)`, 'm').exec(text)?.[1] ?? '';
}
