import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { packageSource } from '../../../build/debian/package-source.ts';
import { unpackPackages } from '../../../build/debian/unpack-packages.ts';
import { runTool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR } from '../../support/tools.ts';
import { enablePrograms } from '../support/emulation.ts';
import { systemRoot, type SystemRoot } from '../support/system-root.ts';

/** Where the archive is unpacked, in a directory with a space. */
const PLACE = '/opt/with spaces';
const PROGRAM_LINK = '/usr/local/bin/session-manager-plugin';
const MUSL_PACKAGES = ['musl', 'busybox-static'] as const;
const SUITE = 'trixie';
/** Debian's directories that are links since they were merged with those of `/usr`. */
const MERGED_DIRECTORIES = ['bin', 'lib', 'sbin'] as const;

/** A system without glibc. */
export interface BareRoot extends SystemRoot {
  /** The path of the unpacked archive in it. */
  readonly installed: string;
}

/**
 * A system that consists of an unpacked archive and, besides that, of the directories that the kernel fills.
 *
 * @param archive - path of a plain archive
 */
export function emptyRoot(
  t: TestContext,
  architecture: DebArchitecture,
  archive: string,
): BareRoot {
  enablePrograms(architecture);
  const directory = join(temporaryDirectory(t), 'root');
  for (const path of ['dev', 'proc', 'tmp', PLACE]) {
    mkdirSync(join(directory, path), { recursive: true });
  }
  runTool(BSDTAR, ['-xf', archive, '--strip-components=1', '-C', join(directory, PLACE)]);
  return { ...systemRoot(directory, architecture), installed: PLACE };
}

/** The same with Debian's musl and BusyBox, as Alpine Linux has them, and with the program on PATH. */
export async function muslRoot(
  t: TestContext,
  architecture: DebArchitecture,
  archive: string,
): Promise<BareRoot> {
  const root = emptyRoot(t, architecture, archive);
  for (const name of MERGED_DIRECTORIES) {
    mkdirSync(root.path(`usr/${name}`), { recursive: true });
    symlinkSync(`usr/${name}`, root.path(name));
  }
  const packages = await unpackPackages({
    choice: {
      name: `musl-${architecture}`,
      suite: SUITE,
      architecture,
      withDependencies: [],
      alone: MUSL_PACKAGES,
    },
    source: packageSource('development', ''),
    directory: temporaryDirectory(t),
  });
  for (const { directory } of packages) {
    cpSync(join(directory, 'usr'), root.path('usr'), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync('busybox', root.path('usr/bin/sh'));
  mkdirSync(root.path('etc'), { recursive: true });
  writeFileSync(root.path('etc/hosts'), '127.0.0.1 localhost\n');
  mkdirSync(root.path(dirname(PROGRAM_LINK)), { recursive: true });
  symlinkSync(join(PLACE, 'bin/session-manager-plugin'), root.path(PROGRAM_LINK));
  return root;
}
