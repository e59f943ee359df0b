import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLoadCommands, type Architecture } from '../../build/mach-o/load-commands.ts';
import { MachOError } from '../../build/mach-o/mach-o-error.ts';
import { verifyMachO } from '../../build/mach-o/verify.ts';
import type { AppleIdentity } from '../../build/mach-o/apple-identity.ts';
import { DEFLATE_LEVELS, gzip } from '../archive/deflate.ts';
import { beginStep } from '../progress/step-messages.ts';
import type { PackageRequest, Release } from '../release.ts';
import { archiveEntries, kibibytes } from './archive-entry.ts';
import { encodeBom } from './bom.ts';
import { encodeCpio } from './cpio.ts';
import { signFlatPackage } from './installer-signing.ts';
import { dottedVersion } from './minimum-system.ts';
import { readInstalledTree, type TreeEntry } from './read-tree.ts';
import { COMPONENT, encodeDistribution, encodePackageInfo } from './package-description.ts';
import { encodeXar, type XarEntry } from './xar.ts';

/** What a flat package is for. */
export interface FlatPackageOptions {
  readonly architecture: Architecture;
  /** Signs the package, not the program in it. */
  readonly signing: AppleIdentity;
}

const PROGRAM = 'bin/session-manager-plugin';

/**
 * Writes `session-manager-plugin.pkg`, a flat package for `installer`: a xar archive of Distribution
 * and of base.pkg with PackageInfo, Bom, and Payload and Scripts, which are compressed cpio archives.
 * It makes no link in /usr/local/bin: that is the user's second command (install guide).
 *
 * @throws MachOError when the program is not for this architecture or its signature is not valid,
 *   BuildError when the tree holds something that is neither directory nor file, SigningSettingsError
 *   and ToolError when the package cannot be signed
 */
export function buildFlatPackage(
  release: Release,
  request: PackageRequest,
  options: FlatPackageOptions,
): void {
  const { sourceDateEpoch: time, version } = release;
  const level = DEFLATE_LEVELS[release.compression];
  const tree = readInstalledTree(request.tree);
  const payload = archiveEntries(tree);
  const scripts = archiveEntries(readInstalledTree(join(import.meta.dirname, 'scripts')));
  const description = {
    version,
    architecture: options.architecture,
    minimumSystem: checkProgram(request.tree, tree, options.architecture),
    fileCount: payload.length,
    kibibytes: kibibytes(payload),
  };
  const component: XarEntry[] = [
    compressible('PackageInfo', encodePackageInfo(description)),
    compressible('Bom', encodeBom(payload, time)),
    compressed('Payload', gzip(encodeCpio(payload, time), level, contentOf(tree, PROGRAM))),
    compressed('Scripts', gzip(encodeCpio(scripts, time), level)),
  ];
  const entries: XarEntry[] = [
    compressible('Distribution', encodeDistribution(description)),
    { kind: 'directory', name: COMPONENT, entries: component },
  ];
  const archive = encodeXar(entries, time);
  if (options.signing.kind !== 'none') beginStep('flat package: signature');
  writeFileSync(request.output, signFlatPackage(archive, options.signing));
}

function contentOf(tree: readonly TreeEntry[], path: string): Buffer | undefined {
  const entry = tree.find((each) => each.path === path);
  return entry?.kind === 'file' ? entry.content : undefined;
}

function compressible(name: string, content: Buffer): XarEntry {
  return { kind: 'file', name, content, compressed: true };
}

function compressed(name: string, content: Buffer): XarEntry {
  return { kind: 'file', name, content, compressed: false };
}

/**
 * Sees that macOS would start the program: an installed one that is not signed is killed at once on
 * Apple silicon.
 *
 * @returns the macOS that it needs at least
 */
function checkProgram(
  directory: string,
  tree: readonly TreeEntry[],
  architecture: Architecture,
): string {
  const file = join(directory, PROGRAM);
  const program = tree.find(({ path }) => path === PROGRAM);
  if (program?.kind !== 'file') throw new MachOError(`${file} is missing`);
  try {
    const machO = readLoadCommands(program.content);
    if (machO.architecture !== architecture) {
      throw new MachOError(`the program is for ${machO.architecture}, not for ${architecture}`);
    }
    if (machO.buildVersion === undefined) throw new MachOError('there is no LC_BUILD_VERSION');
    verifyMachO(program.content);
    return dottedVersion(machO.buildVersion.minimumSystem);
  } catch (error) {
    if (error instanceof MachOError) throw new MachOError(`${file}: ${error.message}`);
    throw error;
  }
}
