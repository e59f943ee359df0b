import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ToolError } from '../tool.ts';
import { LICENCES_PACKAGE } from './own-libraries.ts';
import { findFile } from './shared-libraries.ts';
import type { DebianPackage, UnpackedPackage } from '../debian/unpack-packages.ts';

/** What of Debian is in a program, for the bill of materials and the licences. */
export interface DebianManifest {
  /** Code name of Debian's suite. */
  readonly suite: string;
  /** Of Node.js: three dotted numbers. Undefined when it is not of Debian. */
  readonly nodeVersion?: string | undefined;
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
 * @param suite - code name of Debian's suite
 * @param nodeVersion - of Debian's Node.js; undefined for another one
 * @param owners - from names of files in the output to their packages
 * @param packages - all packages, among them those that only bring texts of licences
 * @throws ToolError when a package has no copyright text, or a text names a licence that is missing
 */
export function describeShipped(
  suite: string,
  nodeVersion: string | undefined,
  owners: ReadonlyMap<string, UnpackedPackage>,
  packages: readonly UnpackedPackage[],
): DebianManifest {
  const shipped = packages.flatMap((each): readonly ShippedPackage[] => {
    const files = [...owners].flatMap(([file, owner]) => (owner === each ? file : [])).sort();
    if (files.length === 0) return [];
    const { name, version, architecture, source, sourceVersion, uri, sha256 } = each;
    const copyright = copyrightOf(each, packages);
    return [{ name, version, architecture, source, sourceVersion, uri, sha256, files, copyright }];
  });
  const commonLicences = commonLicencesOf(shipped, packages);
  return { suite, nodeVersion, packages: shipped, commonLicences };
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

/** The licences that a copyright text of Debian names by their files: `GPL-3`. They may repeat. */
export function licencesNamedIn(copyright: string): readonly string[] {
  return [...copyright.matchAll(COMMON_LICENCE)].flatMap(([, name]) => name ?? []);
}

function commonLicencesOf(
  shipped: readonly ShippedPackage[],
  packages: readonly UnpackedPackage[],
): Readonly<Record<string, string>> {
  const texts = packages.find(({ name }) => name === LICENCES_PACKAGE);
  if (texts === undefined) throw new ToolError(`the package ${LICENCES_PACKAGE} is missing`);
  const names = new Set(shipped.flatMap(({ copyright }) => licencesNamedIn(copyright)));
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const path = join(texts.directory, 'usr/share/common-licenses', name);
      if (!existsSync(path)) throw new ToolError(`${LICENCES_PACKAGE} has no licence ${name}`);
      return [name, readFileSync(path, 'utf8')];
    }),
  );
}
