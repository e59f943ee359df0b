import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirrors } from '../../../build/debian/debian-mirror.ts';
import { explainMirrors } from '../../../build/debian/mirror-failures.ts';
import { exclusively } from '../../../build/runtime/lock.mjs';
import { CACHE } from '../../../build/runtime/setup.mjs';
import { runTool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { MMDEBSTRAP } from '../../support/tools.ts';
import { enablePrograms, type Execution } from './emulation.ts';

/** A suite of Debian, and what a root has of it besides a minimal system. */
export interface RootContent {
  readonly suite: string;
  /** Names of packages. */
  readonly packages: readonly string[];
}

/** Debian 12: its glibc is no newer than that of most systems the product is installed on. */
const MINIMAL: RootContent = { suite: 'bookworm', packages: [] };

const SYSTEMS = {
  /** The smallest system that Debian calls one: what `debootstrap --variant=minbase` makes. */
  native: ['--variant=minbase'],
  /**
   * A part of it: dpkg, a shell, and the libraries the program needs. A whole one takes two and a half
   * minutes under an emulator, this 50 seconds; what works here works there.
   */
  emulated: [
    '--variant=custom',
    '--include=base-files,base-passwd,coreutils,dash,debianutils,diffutils,dpkg,grep,sed,tar',
    '--include=libc-bin,libc6,libstdc++6',
  ],
} as const satisfies Record<Execution, readonly string[]>;

/** Half of all files, which no test needs and every copy would copy. */
const WITHOUT_DOCUMENTATION =
  '--customize-hook=cd "$1/usr/share" && rm -rf doc/* info/* locale/* man/* zoneinfo/*';

/**
 * A fresh minimal Debian, made once and kept in the project's cache. Not to be changed: tests take
 * copies.
 *
 * @returns its directory
 * @throws UnavailableError when the mirror cannot be reached, ToolError when it cannot be made
 */
export async function pristineRoot(
  architecture: DebArchitecture,
  { suite, packages }: RootContent = MINIMAL,
): Promise<string> {
  const system = SYSTEMS[enablePrograms(architecture)];
  const included = packages.map((name) => `--include=${name}`);
  const content = [...system, ...included, WITHOUT_DOCUMENTATION];
  const key = createHash('sha256').update(content.join('\n')).digest('hex').slice(0, 16);
  const directory = join(CACHE, 'roots', `${suite}-${architecture}-${key}`);
  if (existsSync(directory)) return directory;
  await exclusively(`${directory}.lock`, () => {
    if (existsSync(directory)) return;
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const { main: mirror } = debianMirrors();
    const args = ['--mode=root', '--format=directory', `--architectures=${architecture}`];
    explainMirrors([mirror], () =>
      // It knows nothing of our registration of i386.
      runTool(MMDEBSTRAP, [...args, ...content, '--skip=check/qemu', suite, unfinished, mirror]),
    );
    renameSync(unfinished, directory);
  });
  return directory;
}
