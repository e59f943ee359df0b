import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pinFor } from '../runtime/pins.mjs';
import { generatorFor } from '../runtime/runtime.mjs';
import type { BinaryTarget } from '../targets.ts';
import { runTool, type Tool } from '../tool.ts';
import type { PkgRequest } from './run-pkg.ts';
import { RUNTIME_OPTIONS } from './runtime-options.ts';

const EXECUTABLE_MODE = 0o755;
const RUN_PKG = join(import.meta.dirname, 'run-pkg.ts');

/** What is put into a runtime to make a program of it. */
export interface Contents {
  /** Path of the main script, CommonJS. */
  readonly entry: string;
  /** Paths of files by the names under which the main script asks for them. */
  readonly assets: Readonly<Record<string, string>>;
}

/**
 * Puts scripts into a runtime, with `pkg`. The same contents give the same executable, wherever they are.
 *
 * @param runtime - the one pinned for the target
 * @param output - path of the executable
 * @throws ToolError when `pkg` fails
 */
export function makeExecutable(
  target: BinaryTarget,
  runtime: Buffer,
  contents: Contents,
  output: string,
): void {
  const home = mkdtempSync(join(tmpdir(), 'session-manager-plugin-pkg-'));
  try {
    offerRuntime(home, target, runtime);
    const entry = join(home, basename(contents.entry));
    copyFileSync(contents.entry, entry);
    const { version } = pinFor(target.runtime);
    const request: PkgRequest = {
      entry,
      assets: contents.assets,
      options: RUNTIME_OPTIONS,
      nodeRange: `node${version}`,
      platform: target.platform,
      arch: target.arch,
      output,
    };
    // The target's version, whichever runs this: a blob made by another one may not be read.
    const node: Tool = { program: generatorFor(target.runtime), debianPackage: 'nodejs' };
    const args = ['--disable-warning=ExperimentalWarning', RUN_PKG, JSON.stringify(request)];
    // `pkg` works in a directory that it creates below the one for temporary files.
    runTool(node, args, { env: { HOME: home, USERPROFILE: home, TMPDIR: home, TEMP: home } });
    chmodSync(output, EXECUTABLE_MODE);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * Puts a runtime where `pkg` keeps what it has downloaded, marked as complete, so that it uses that one
 * and downloads nothing.
 */
function offerRuntime(home: string, target: BinaryTarget, runtime: Buffer): void {
  const kept = join(home, '.pkg-cache', 'sea');
  const system = target.platform === 'macos' ? 'darwin' : target.platform;
  const name = `node-v${pinFor(target.runtime).version}-${system}-${target.arch}`;
  const onWindows = target.platform === 'win';
  const executable = onWindows ? join(kept, `${name}.exe`) : join(kept, name, 'bin', 'node');
  const archive = join(kept, onWindows ? `${name}.zip` : `${name}.tar.gz`);
  mkdirSync(dirname(executable), { recursive: true });
  for (const file of [archive, `${archive}.ok`, `${executable}.ok`]) writeFileSync(file, '');
  writeFileSync(executable, runtime);
  chmodSync(executable, EXECUTABLE_MODE);
}
