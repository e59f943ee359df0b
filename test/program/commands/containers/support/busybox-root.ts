import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findTool, runTool, type Tool } from '../../../../../build/tool.ts';
import type { ContainerRoot } from '../../../../local-aws/agent/agent-options.ts';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import { insideRoot } from '../../../../support/root-directory.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import { BUSYBOX } from '../../../../support/tools.ts';

/** A part of every Debian. */
const LDD: Tool = { program: 'ldd', debianPackage: 'libc-bin' };

/** Text of `/etc/container`, a file that only the container has. */
export const CONTAINER_TEXT = 'a container of BusyBox\n';

/** A container with the tools of BusyBox, the libraries that they need, and nothing else. It has no bash. */
export function busyboxRoot(t: CleanupScope): ContainerRoot {
  const directory = temporaryDirectory(t);
  for (const name of ['bin', 'dev', 'etc', 'proc', 'root', 'tmp']) mkdirSync(join(directory, name));
  const busybox = findTool(BUSYBOX) ?? '';
  bring(busybox, join(directory, 'bin', 'busybox'));
  for (const [library] of runTool(LDD, [busybox]).toString().matchAll(/\/\S+/g)) {
    bring(library, join(directory, library));
  }
  for (const tool of runTool(BUSYBOX, ['--list']).toString().trim().split('\n')) {
    if (tool !== 'busybox') symlinkSync('busybox', join(directory, 'bin', tool));
  }
  writeFileSync(join(directory, 'etc', 'container'), CONTAINER_TEXT);
  return { directory, inside: insideRoot(directory) };
}

function bring(file: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(file, to);
}
