import type { PackageChoice } from '../debian/package-source.ts';
import type { UnpackedPackage } from '../debian/unpack-packages.ts';

/** The loader and the libraries that come with a program for Linux, so that it needs none of the system. */
export interface OwnLibraries {
  /** Debian's packages of them, and {@link LICENCES_PACKAGE}. */
  readonly packages: PackageChoice;
  /** The directory of libraries in these packages (Debian's multiarch), without a leading slash. */
  readonly libraryDirectory: string;
  /** The loader's file name. */
  readonly loader: string;
}

/** The package with the texts of licences that the copyright files of other packages only name. */
export const LICENCES_PACKAGE = 'base-files';

/** Where the program, the loader and the libraries are, in the directory of a program. */
export const LIBRARY_PLACE = 'lib';
/** What users start, in the same directory. */
export const LAUNCHER = 'bin/session-manager-plugin';

/** A file of a package. */
export interface PackageFile {
  readonly package: UnpackedPackage;
  /** Path inside the package, without a leading slash. */
  readonly path: string;
}

/** A Node.js with the project's code, as a part of a program with its own libraries. */
export interface OwnProgram {
  /** Its file name in {@link LIBRARY_PLACE}. */
  readonly name: string;
  /**
   * Chooses the executable.
   *
   * @param packages - those of {@link OwnLibraries}
   * @returns the path of the ELF file, or the file of a package
   */
  readonly executable: (packages: readonly UnpackedPackage[]) => string | PackageFile;
  /** Completes a directory that has the executable, the loader and the libraries. */
  readonly complete: (unfinished: UnfinishedProgram) => void;
  /** The version of Node.js, if one of the packages brings it. */
  readonly nodeVersion?: (packages: readonly UnpackedPackage[]) => string;
}

/** A directory of a program, while it is made. */
export interface UnfinishedProgram {
  readonly directory: string;
  readonly packages: readonly UnpackedPackage[];
  /** The libraries, by their names in {@link LIBRARY_PLACE}. */
  readonly libraries: ReadonlyMap<string, PackageFile>;
  /** Copies a further file of a package, under this name. */
  readonly take: (name: string, file: PackageFile) => void;
}

/** Where the file of an unpacked package is. */
export function pathOf(file: PackageFile): string {
  return `${file.package.directory}/${file.path}`;
}
