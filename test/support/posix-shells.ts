import { spawnSync } from './child-process.ts';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findTool, type Tool } from '../../build/tool.ts';
import type { CleanupScope } from './cleanup-scope.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { BASH, BUSYBOX, DASH } from './tools.ts';

/** A `sh` that targets have, with the tools that come with it. */
export interface PosixShell {
  readonly name: string;
  readonly tool: Tool;
  /** Whether its tools are those of BusyBox, and not the system's. */
  readonly hasOwnTools: boolean;
}

/** Debian's, Amazon Linux's and Alpine's. */
export const POSIX_SHELLS: readonly PosixShell[] = [
  { name: 'dash', tool: DASH, hasOwnTools: false },
  { name: 'bash', tool: BASH, hasOwnTools: false },
  { name: 'BusyBox', tool: BUSYBOX, hasOwnTools: true },
];

/** @returns a PATH on which `sh` is this shell */
export function pathOfShell(scope: CleanupScope, { tool, hasOwnTools }: PosixShell): string {
  const directory = temporaryDirectory(scope);
  const program = findTool(tool) ?? '';
  if (hasOwnTools) {
    spawnSync(program, ['--install', '-s', directory]);
    return directory;
  }
  symlinkSync(program, join(directory, 'sh'));
  return `${directory}:/usr/bin:/bin`;
}
