import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { dropZeros } from '../elf/drop-zeros.ts';
import { macosSigning, signMacosProgram } from '../mach-o/macos-signing.ts';
import { runAndClose } from './run-and-close.ts';
import { pinnedRuntime } from '../runtime/runtime.mjs';
import type { BinaryTarget } from '../targets.ts';
import { wrapBundleFile } from '../../src/lib/bundle-file.ts';
import { signWindowsExecutable, windowsSigning } from '../windows/windows-signing.ts';
import { makeCodeCaches } from './code-cache.ts';
import { createEmulator } from './emulator.ts';
import { makeExecutable, type Contents } from './make-executable.ts';
import { prepareRuntime } from './prepare-runtime.ts';
import { RUNTIME_OPTIONS } from './runtime-options.ts';
import { setRunPath } from './shipped-libraries.ts';

/** The main script of a binary, in the directory of the bundle. */
const MAIN_SCRIPT = 'single-executable.cjs';

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
 * @throws ToolError, SetupError when something it needs is missing or fails; SigningSettingsError when
 *   the identity to sign with cannot be used
 */
export function buildBinary(target: BinaryTarget, options: BinaryOptions): void {
  const { bundle, output, version } = options;
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-binary-'));
  try {
    const unfinished = join(work, target.executable);
    const contents: Contents = {
      entry: join(bundle, MAIN_SCRIPT),
      assets: {
        ...bundleAssets(bundle, join(work, 'bundle')),
        ...codeCacheAssets(target, bundle, join(work, 'code-cache')),
      },
    };
    makeExecutable(target, prepareRuntime(target, version, work), contents, unfinished);
    if (target.platform === 'linux') {
      setRunPath(unfinished);
      writeFileSync(unfinished, dropZeros(readFileSync(unfinished)));
    }
    sign(target, unfinished, options);
    mkdirSync(dirname(output), { recursive: true });
    copyFileSync(unfinished, output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function bundleAssets(bundle: string, directory: string): Record<string, string> {
  mkdirSync(directory);
  const files = readdirSync(bundle).filter(
    (file) => extname(file) === '.cjs' && file !== MAIN_SCRIPT,
  );
  return Object.fromEntries(
    files.sort().map((file) => {
      const path = join(directory, file);
      writeFileSync(path, wrapBundleFile(readFileSync(join(bundle, file))));
      return [file, path];
    }),
  );
}

function codeCacheAssets(
  target: BinaryTarget,
  bundle: string,
  directory: string,
): Record<string, string> {
  const emulator = createEmulator(target);
  if (emulator === undefined) return {};
  return runAndClose(() => {
    const runtime = {
      path: pinnedRuntime(target.runtime),
      options: RUNTIME_OPTIONS,
    };
    const names = makeCodeCaches(emulator, runtime, bundle, directory);
    return Object.fromEntries(names.map((name) => [name, join(directory, name)]));
  }, emulator.close);
}

function sign(target: BinaryTarget, path: string, options: BinaryOptions): void {
  const { env, sourceDateEpoch } = options;
  switch (target.platform) {
    case 'linux':
      break;
    case 'macos': {
      signMacosProgram(path, macosSigning(env), target.executable);
      break;
    }
    case 'win': {
      const signing = windowsSigning(env);
      signWindowsExecutable(path, signing, sourceDateEpoch);
      break;
    }
  }
}
