import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyrightLine } from '../copyright-line.ts';
import { blankIcuData } from '../icu/blank-data.ts';
import { pinnedRuntime } from '../runtime/runtime.mjs';
import { ROOT } from '../runtime/setup.mjs';
import type { BinaryTarget } from '../targets.ts';
import { runTool, type Tool } from '../tool.ts';
import { brandExecutable } from '../windows/brand-executable.ts';
import { hideEnvironment } from './hide-environment.ts';

export const STRIP: Tool = { program: 'llvm-strip', debianPackage: 'llvm' };

/**
 * The pinned runtime of a target as part of a binary: smaller, independent of its environment, and under
 * the product's name.
 *
 * @param version - four dotted numbers
 * @param work - an existing directory for what is needed on the way
 * @throws ToolError, SetupError when something it needs is missing or fails
 */
export function prepareRuntime(target: BinaryTarget, version: string, work: string): Buffer {
  const bytes = readFileSync(strip(target, pinnedRuntime(target.runtime), join(work, 'stripped')));
  hideEnvironment(bytes);
  blankIcuData(bytes);
  if (target.platform !== 'win') return bytes;
  const notice = readFileSync(join(ROOT, 'NOTICE'), 'utf8');
  return brandExecutable(bytes, {
    version,
    fileName: target.executable,
    copyright: copyrightLine(notice),
  });
}

/**
 * Takes away what only a debugger needs. Once the binary is made it is too late: stripping would cut off
 * what was put in.
 *
 * @returns the path of the stripped runtime
 */
function strip(target: BinaryTarget, runtime: string, stripped: string): string {
  switch (target.platform) {
    case 'linux':
      runTool(STRIP, ['--strip-all', '-o', stripped, runtime]);
      return stripped;
    case 'macos':
      // What is exported stays: the system's linker wants a table with it.
      runTool(STRIP, ['--discard-all', '-o', stripped, runtime]);
      return stripped;
    case 'win':
      return runtime;
  }
}
