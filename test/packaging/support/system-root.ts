import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool, type Tool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { besideRoot, insideRoot } from '../../support/root-directory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { pristineRoot, type RootContent } from './pristine-root.ts';
import { spawnSync } from '../../support/child-process.ts';

/** The output of a command, and how it ended. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A small system of its own, in a directory of this one. Its network is this one's. */
export interface SystemRoot {
  readonly directory: string;
  readonly architecture: DebArchitecture;
  /** Comes before a command that runs in that system. */
  readonly inside: readonly string[];
  /** Runs a command in that system, with empty input and no terminal. */
  run(command: readonly string[]): CommandResult;
  /** Runs a command of this system that works on that one as a directory. */
  runOutside(command: readonly string[]): CommandResult;
  /** Copies a file into the system's `/tmp`. @returns its path there */
  bring(file: string): string;
  /** A path in that system as this one names it. */
  path(inside: string): string;
}

const CP: Tool = { program: 'cp', debianPackage: 'coreutils' };

/** The environment of a command; nothing of the user's gets into the system. */
export const SYSTEM_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
} as const;

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** A fresh minimal Debian of that architecture, which is removed when the test ends. */
export async function freshRoot(
  t: TestContext,
  architecture: DebArchitecture,
  content?: RootContent,
): Promise<SystemRoot> {
  const pristine = await pristineRoot(architecture, content);
  const directory = join(temporaryDirectory(t), 'root');
  runTool(CP, ['--archive', '--reflink=auto', pristine, directory]);
  return systemRoot(directory, architecture);
}

/** The system in a directory, which needs `proc`, `dev` and `tmp`. */
export function systemRoot(directory: string, architecture: DebArchitecture): SystemRoot {
  const inside = insideRoot(directory);
  return {
    directory,
    architecture,
    inside,
    run: (command) => runCommand([...inside, ...command]),
    runOutside: (command) => runCommand([...besideRoot(directory), ...command]),
    bring(file) {
      const path = join('/tmp', basename(file));
      copyFileSync(file, join(directory, path));
      return path;
    },
    path: (inside) => join(directory, inside),
  };
}

function runCommand([file = '', ...args]: readonly string[]): CommandResult {
  const { error, status, stdout, stderr } = spawnSync(file, args, {
    env: SYSTEM_ENVIRONMENT,
    input: '',
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
