import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { closeAfterError } from '../../../../build/binary/run-and-close.ts';
import { findTool, runTool } from '../../../../build/tool.ts';
import { removeWine, WINE_LIMIT_MS } from '../../../../build/windows/end-wine.ts';
import { WINE, WINESERVER } from '../../../support/windows-tools.ts';
import { spawn, type ChildProcess } from '../../../support/child-process.ts';

/** How a program for Windows ended. */
export interface WineResult {
  /** Of Windows, with all its 32 bits. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Windows of a test's own. */
export interface Wine {
  /** The directory that is `C:\`. */
  readonly driveC: string;
  /** What a program needs to be run in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs lines of commands as Windows gets them; the exit code is that of the last. */
  run(...commandLines: readonly string[]): Promise<WineResult>;
  /** Waits until nothing runs any more that a program has started and not waited for. */
  settle(): Promise<void>;
  /** The version of Windows, such as `win81`. */
  setVersion(version: string): void;
  remove(): void;
}

/**
 * Installs a Windows 10 without a display. Reading what a program prints takes files: pipes of Unix
 * cannot be its standard output.
 */
export function startWine(): Wine {
  const directory = mkdtempSync(join(tmpdir(), 'wine-test-'));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: directory,
    // Names the user's directory on drive C.
    USER: userInfo().username,
    WINEPREFIX: join(directory, 'prefix'),
    WINEDEBUG: '-all',
    // The first two would ask in a window whether they shall be fetched; the third makes menus at each start.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=d',
    DISPLAY: '',
  };
  const driveC = join(environment.WINEPREFIX, 'drive_c');
  const wine = (...args: string[]): void => {
    runTool(WINE, args, { env: environment, limitMs: WINE_LIMIT_MS });
  };
  const remove = (): void => removeWine(directory, environment);
  let idle: ChildProcess | undefined;
  let runs = 0;

  try {
    wine('wineboot', '--init');
    wine('winecfg', '-v', 'win10');
  } catch (error) {
    closeAfterError(error, remove);
    throw error;
  }
  return {
    driveC,
    environment,
    setVersion: (version) => wine('winecfg', '-v', version),
    async run(...commandLines) {
      idle ??= await startIdleProgram(environment);
      // In a file of commands Windows gets the lines as they are, where wine64 would put quotes into
      // them; and from variables it gets every character.
      const name = join(directory, String(runs++));
      const lines = Object.fromEntries(commandLines.map((line, index) => [`LINE${index}`, line]));
      const batch = Object.keys(lines).map((variable) => `%${variable}%`);
      // Comes first: a digit before > would be the number of a stream.
      const report = `>${windowsPath(`${name}.code`)} echo %errorlevel%`;
      writeFileSync(`${name}.bat`, ['@echo off', ...batch, report, ''].join('\r\n'));
      const stdout = openSync(`${name}.stdout`, 'w');
      const stderr = openSync(`${name}.stderr`, 'w');
      const child = spawn(findTool(WINE) ?? '', ['cmd', '/c', windowsPath(`${name}.bat`)], {
        cwd: driveC,
        env: { ...environment, ...lines },
        stdio: ['ignore', stdout, stderr],
      });
      closeSync(stdout);
      closeSync(stderr);
      const status = await exitOf(child);
      const read = (what: string): string => readFileSync(`${name}.${what}`, 'utf8');
      if (!existsSync(`${name}.code`)) {
        throw new Error(`wine ended with ${status} in the middle: ${read('stderr')}`);
      }
      return { exitCode: Number(read('code')), stdout: read('stdout'), stderr: read('stderr') };
    },
    async settle() {
      const program = idle;
      idle = undefined;
      if (program !== undefined) {
        const exit = exitOf(program);
        program.stdin?.end();
        await exit;
      }
      await exitOf(spawn(WINESERVER.program, ['-w'], { env: environment, stdio: 'ignore' }));
    },
    remove,
  };
}

/**
 * Starts a program that waits for the end of its input: while something runs, the system's own programs
 * need not be started each time. Resolves when they run, because two starts at once disturb each other.
 */
async function startIdleProgram(
  environment: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const child = spawn(WINE.program, ['cmd'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('error', reject);
    child.once('exit', () => reject(new Error('wine has ended at once')));
  });
  return child;
}

/** Resolves with the exit status. */
function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

/** A path of this system as Windows knows it. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}
