import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ToolError } from '../tool.ts';
import { LICENCES_PACKAGE, OLDEST_NODE, SUITE } from './debian-suite.ts';
import { findFile } from './shared-libraries.ts';
import type { DebianPackage, UnpackedPackage } from '../debian/unpack-packages.ts';

/** What was shipped, for the bill of materials and the licences. */
export interface X86Manifest {
  /** Code name of Debian's suite. */
  readonly suite: string;
  /** Of Node.js: three dotted numbers. */
  readonly nodeVersion: string;
  /** The packages of which files are shipped, sorted by name. */
  readonly packages: readonly ShippedPackage[];
  /** Texts of licences that the copyright texts only name (`/usr/share/common-licenses/<name>`). */
  readonly commonLicences: Readonly<Record<string, string>>;
}

/** A package of Debian of which files are shipped. */
export interface ShippedPackage extends DebianPackage {
  /** The shipped files, by their names in the output, sorted: `lib/libuv.so.1`. */
  readonly files: readonly string[];
  /** `/usr/share/doc/<name>/copyright`. */
  readonly copyright: string;
}

/**
 * Describes what was shipped.
 *
 * @param owners - from names of files in the output to their packages
 * @param packages - all packages, among them those that only bring texts of licences
 * @throws ToolError when a package has no copyright text, or a text names a licence that is missing
 */
export function describeShipped(
  nodeVersion: string,
  owners: ReadonlyMap<string, UnpackedPackage>,
  packages: readonly UnpackedPackage[],
): X86Manifest {
  const shipped = packages.flatMap((each): readonly ShippedPackage[] => {
    const files = [...owners].flatMap(([file, owner]) => (owner === each ? file : [])).sort();
    if (files.length === 0) return [];
    const { name, version, architecture, source, sourceVersion, uri, sha256 } = each;
    const copyright = copyrightOf(each, packages);
    return [{ name, version, architecture, source, sourceVersion, uri, sha256, files, copyright }];
  });
  const commonLicences = commonLicencesOf(shipped, packages);
  return { suite: SUITE, nodeVersion, packages: shipped, commonLicences };
}

/**
 * The version of Node.js in a version of Debian's package, such as `24.21.0+dfsg+~cs24.13.4-1`.
 *
 * @throws ToolError when it is too old for the program
 */
export function nodeVersionOf(packageVersion: string): string {
  const [version = '', major = '', minor = ''] = /^(\d+)\.(\d+)\.\d+/.exec(packageVersion) ?? [];
  const isOld =
    Number(major) < OLDEST_NODE.major ||
    (Number(major) === OLDEST_NODE.major && Number(minor) < OLDEST_NODE.minor);
  if (version === '' || isOld) {
    throw new ToolError(
      `nodejs ${packageVersion} of ${SUITE} is older than ${OLDEST_NODE.major}.${OLDEST_NODE.minor}, which the program needs`,
    );
  }
  return version;
}

/** Packages of one source may share a directory of documents: then it is a link (Debian Policy, 12.5). */
function copyrightOf(
  { name, directory }: UnpackedPackage,
  packages: readonly UnpackedPackage[],
): string {
  const documents = join('usr/share/doc', name);
  const own = join(directory, documents, 'copyright');
  if (existsSync(own)) return readFileSync(own, 'utf8');
  const shared = basename(readlinkSync(join(directory, documents)));
  const found = findFile(join('usr/share/doc', shared, 'copyright'), packages);
  return readFileSync(join(found.package.directory, found.path), 'utf8');
}

const COMMON_LICENCE = /\/usr\/share\/common-licenses\/([A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*)/g;

function commonLicencesOf(
  shipped: readonly ShippedPackage[],
  packages: readonly UnpackedPackage[],
): Readonly<Record<string, string>> {
  const texts = packages.find(({ name }) => name === LICENCES_PACKAGE);
  if (texts === undefined) throw new ToolError(`the package ${LICENCES_PACKAGE} is missing`);
  const names = new Set(
    shipped.flatMap(({ copyright }) =>
      [...copyright.matchAll(COMMON_LICENCE)].flatMap(([, name]) => name ?? []),
    ),
  );
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const path = join(texts.directory, 'usr/share/common-licenses', name);
      if (!existsSync(path)) throw new ToolError(`${LICENCES_PACKAGE} has no licence ${name}`);
      return [name, readFileSync(path, 'utf8')];
    }),
  );
}
