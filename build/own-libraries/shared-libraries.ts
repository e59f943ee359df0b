import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, ToolError, type Tool } from '../tool.ts';
import type { UnpackedPackage } from '../debian/unpack-packages.ts';
import { pathOf, type PackageFile } from './own-libraries.ts';

const READELF: Tool = { program: 'readelf', debianPackage: 'binutils' };

/**
 * The shared libraries that a program needs, those that the libraries need, and the loader, by the
 * names under which they are looked for (`DT_NEEDED`, System V ABI).
 *
 * @param program - path of an ELF file
 * @param directory - that of the libraries, in the packages
 * @throws ToolError when none of the packages has one of them
 */
export function sharedLibraries(
  program: string,
  directory: string,
  packages: readonly UnpackedPackage[],
): ReadonlyMap<string, PackageFile> {
  const found = new Map<string, PackageFile>();
  const open = [...neededBy(program)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const library = findFile(join(directory, name), packages);
    found.set(name, library);
    open.push(...neededBy(pathOf(library)));
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The package that a file belongs to.
 *
 * @param path - inside the package, without a leading slash
 * @throws ToolError when no package has it
 */
export function findFile(path: string, packages: readonly UnpackedPackage[]): PackageFile {
  const owner = packages.find(({ directory }) => existsSync(join(directory, path)));
  if (owner === undefined) throw new ToolError(`no package has the file ${path}`);
  return { package: owner, path };
}

/** Names of libraries in the dynamic section of an ELF file. */
function neededBy(file: string): readonly string[] {
  const dynamic = runTool(READELF, ['--dynamic', '--wide', file], { env: { LC_ALL: 'C' } });
  return [...dynamic.toString('utf8').matchAll(/\(NEEDED\).*\[(.+)\]/g)].flatMap(
    ([, name]) => name ?? [],
  );
}
