import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { macosSigning, signMacosProgram } from '../mach-o/macos-signing.ts';
import { HERE, pinnedRuntime, readPins } from '../runtime.mjs';
import type { BinaryTarget } from '../targets.ts';
import { runTool, type Tool } from '../tool.ts';
import { ROOT } from '../setup.mjs';
import { brandExecutable } from '../windows/brand-executable.ts';
import { signWindowsExecutable, windowsSigning } from '../windows/windows-signing.ts';
import { blankIcuData } from './blank-icu-data.ts';
import { makeCodeCaches } from './code-cache.ts';
import { createEmulator } from './emulator.ts';
import { hideEnvironment } from './hide-environment.ts';
import type { PkgRequest } from './run-pkg.ts';

/** The main script of a binary, in the directory of the bundle. */
const MAIN_SCRIPT = 'single-executable.cjs';

const STRIP: Tool = { program: 'llvm-strip', debianPackage: 'llvm' };
const RUN_PKG = join(import.meta.dirname, 'run-pkg.ts');
const EXECUTABLE_MODE = 0o755;

/** What a binary is made of. */
export interface BinaryOptions {
  /** Directory with the files of the bundle. */
  readonly bundle: string;
  /** Path of the binary. */
  readonly output: string;
  /** Four dotted numbers. */
  readonly version: string;
  /** The time that signatures carry, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
  /** Names the identities to sign with, if there are any. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Makes the native binary of a target out of the bundle and the pinned runtime.
 *
 * @throws ToolError, SetupError when something it needs is missing or fails; SigningSettingsError,
 *   WindowsSigningError when the identity to sign with cannot be used
 */
export function buildBinary(target: BinaryTarget, options: BinaryOptions): void {
  const { bundle, output } = options;
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-binary-'));
  try {
    const runtime = pinnedRuntime(target.runtime);
    const assets = {
      ...bundleAssets(bundle),
      ...codeCacheAssets(target, runtime, bundle, join(work, 'code-cache')),
    };
    const home = join(work, 'home');
    offerRuntime(home, target, prepareRuntime(target, runtime, work, options));
    const request: PkgRequest = {
      entry: join(bundle, MAIN_SCRIPT),
      nodeRange: `node${readPins().version}`,
      platform: target.platform,
      arch: target.arch,
      output: join(work, target.executable),
      assets,
    };
    runPkg(request, home);
    chmodSync(request.output, EXECUTABLE_MODE);
    sign(target, request.output, options);
    mkdirSync(dirname(output), { recursive: true });
    copyFileSync(request.output, output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function bundleAssets(bundle: string): Record<string, string> {
  const files = readdirSync(bundle).filter(
    (file) => extname(file) === '.cjs' && file !== MAIN_SCRIPT,
  );
  return Object.fromEntries(files.sort().map((file) => [file, join(bundle, file)]));
}

function codeCacheAssets(
  target: BinaryTarget,
  runtime: string,
  bundle: string,
  directory: string,
): Record<string, string> {
  const emulator = createEmulator(target);
  if (emulator === undefined) return {};
  try {
    const names = makeCodeCaches(emulator, runtime, bundle, directory);
    return Object.fromEntries(names.map((name) => [name, join(directory, name)]));
  } finally {
    emulator.close();
  }
}

/** The runtime as it goes into the binary: smaller, deaf to its environment, and under our name. */
function prepareRuntime(
  target: BinaryTarget,
  runtime: string,
  work: string,
  options: BinaryOptions,
): Buffer {
  const stripped = strip(target, runtime, join(work, 'stripped'));
  const bytes = readFileSync(stripped);
  hideEnvironment(bytes);
  blankIcuData(bytes);
  if (target.platform !== 'win') return bytes;
  const notice = readFileSync(join(ROOT, 'NOTICE'), 'utf8');
  return brandExecutable(bytes, {
    version: options.version,
    fileName: target.executable,
    copyright: /^Copyright .*$/m.exec(notice)?.[0] ?? '',
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

/**
 * Puts a runtime where `pkg` keeps what it has downloaded, marked as complete, so that it uses that one
 * and downloads nothing.
 */
function offerRuntime(home: string, target: BinaryTarget, runtime: Buffer): void {
  const kept = join(home, '.pkg-cache', 'sea');
  const system = target.platform === 'macos' ? 'darwin' : target.platform;
  const name = `node-v${readPins().version}-${system}-${target.arch}`;
  const onWindows = target.platform === 'win';
  const executable = onWindows ? join(kept, `${name}.exe`) : join(kept, name, 'bin', 'node');
  const archive = join(kept, onWindows ? `${name}.zip` : `${name}.tar.gz`);
  mkdirSync(dirname(executable), { recursive: true });
  for (const file of [archive, `${archive}.ok`, `${executable}.ok`]) writeFileSync(file, '');
  writeFileSync(executable, runtime);
  chmodSync(executable, EXECUTABLE_MODE);
}

function runPkg(request: PkgRequest, home: string): void {
  // The pinned version, whichever runs this: a blob made by another one cannot be read.
  const node: Tool = { program: pinnedRuntime(HERE), debianPackage: 'nodejs' };
  const args = ['--disable-warning=ExperimentalWarning', RUN_PKG, JSON.stringify(request)];
  runTool(node, args, { env: { HOME: home, USERPROFILE: home } });
}

function sign(target: BinaryTarget, path: string, options: BinaryOptions): void {
  const { env, sourceDateEpoch } = options;
  switch (target.platform) {
    case 'linux':
      break;
    case 'macos': {
      const signing = macosSigning(env);
      signMacosProgram(path, signing, {
        identifier: target.executable,
        signingTime: sourceDateEpoch,
      });
      break;
    }
    case 'win': {
      const signing = windowsSigning(env);
      signWindowsExecutable(path, signing, sourceDateEpoch);
      break;
    }
  }
}
