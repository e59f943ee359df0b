import { mkdtempSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAfterError } from './run-and-close.ts';
import { runTool, type Tool } from '../tool.ts';
import type { BinaryTarget } from '../targets.ts';
import { removeWine, WINE_LIMIT_MS } from '../windows/end-wine.ts';
import { WINE } from '../windows/wine.ts';

/** Runs programs of a target on this machine. */
export interface Emulator {
  /** @returns what the program printed on its standard output; throws ToolError when it fails */
  readonly run: (
    program: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Buffer;
  /** Ends whatever it needs in the background. Throws ToolError when that does not end. */
  readonly close: () => void;
}

export const QEMU: Tool = { program: 'qemu-aarch64-static', debianPackage: 'qemu-user-static' };
/** Where Debian puts the arm64 libraries that a runtime needs. */
const ARM64_ROOT = '/usr/aarch64-linux-gnu';
export const ARM64_LIBRARIES: readonly Tool[] = [
  { program: `${ARM64_ROOT}/lib/libc.so.6`, debianPackage: 'libc6-arm64-cross' },
  { program: `${ARM64_ROOT}/lib/libstdc++.so.6`, debianPackage: 'libstdc++6-arm64-cross' },
  { program: `${ARM64_ROOT}/lib/libgcc_s.so.1`, debianPackage: 'libgcc-s1-arm64-cross' },
];

/** Whether programs of a target run here by wine. */
export function needsWine({ platform: system, arch: processor }: BinaryTarget): boolean {
  return system === 'win' && processor === 'x64' && platform() !== 'win32';
}

/**
 * How programs of a target are run here. For Windows, wine has to be made before.
 *
 * @returns undefined for macOS and for Windows on ARM64, whose programs run nowhere else
 */
export function createEmulator(target: BinaryTarget): Emulator | undefined {
  if (target.runtime === `${platform()}-${arch()}`) {
    return {
      run: (program, args, env = {}) => runTool(asTool(program), args, { env }),
      close: () => undefined,
    };
  }
  switch (target.platform) {
    case 'linux':
      return {
        run: (program, args, env = {}) =>
          runTool(QEMU, ['-L', ARM64_ROOT, program, ...args], { env }),
        close: () => undefined,
      };
    case 'win':
      return needsWine(target) ? createWine() : undefined;
    case 'macos':
      return undefined;
  }
}

function asTool(program: string): Tool {
  return { program, debianPackage: 'nodejs' };
}

function createWine(): Emulator {
  const prefix = mkdtempSync(join(tmpdir(), 'session-manager-plugin-wine-'));
  const settings = { WINEPREFIX: prefix, WINEDEBUG: '-all', DISPLAY: '' };
  const close = (): void => removeWine(prefix, settings);
  try {
    // As which version of Windows it starts is wine's choice; Node.js asks for this one or a later.
    runTool(WINE, ['winecfg', '-v', 'win10'], { env: settings, limitMs: WINE_LIMIT_MS });
  } catch (error) {
    closeAfterError(error, close);
    throw error;
  }
  return {
    run: (program, args, env = {}) =>
      runTool(WINE, [program, ...args], {
        env: { ...settings, ...env },
        limitMs: WINE_LIMIT_MS,
        // Node.js finds no way to open wine's end of a pipe.
        outputFile: join(prefix, 'output'),
      }),
    close,
  };
}
