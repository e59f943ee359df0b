import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** Start of the name of the variable that holds the caller's response with the session's token. */
const RESPONSE_VARIABLE_PREFIX = 'AWS_SSM_START_SESSION_RESPONSE';
/** Extensions of programs on Windows. Batch files are not among them, because they need a shell. */
const WINDOWS_EXTENSIONS = ['.exe', '.com'];
const HAS_WINDOWS_EXTENSION = /\.(?:exe|com|bat|cmd)$/i;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the program that a user has named. A path is returned unchanged, a name is searched as in
 * {@link findProgram}.
 *
 * @returns undefined when there is no program of that name
 */
export function findCommand(
  nameOrPath: string,
  env: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  const isPath = platform === 'win32' ? /[/\\]/.test(nameOrPath) : nameOrPath.includes('/');
  return isPath ? nameOrPath : findProgram(nameOrPath, env, platform);
}

/**
 * Finds a program on PATH. Only absolute parts of PATH count. A relative or empty part means the current
 * directory, where Windows always searches first, and where another user may have put a program of that
 * name.
 *
 * @returns its path; undefined when there is none
 */
export function findProgram(
  name: string,
  env: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  const paths = platform === 'win32' ? win32 : posix;
  const isWhole = platform !== 'win32' || HAS_WINDOWS_EXTENSION.test(name);
  const extensions = isWhole ? [''] : WINDOWS_EXTENSIONS;
  return pathOf(env, platform)
    .split(paths.delimiter)
    .filter((directory) => paths.isAbsolute(directory))
    .flatMap((directory) => extensions.map((extension) => paths.join(directory, name + extension)))
    .find(isExecutable);
}

/** Windows ignores the case of variable names. */
function pathOf(env: Environment, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return env['PATH'] ?? '';
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}

/** Whether a path is a file that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The environment for a program that is started: without the session's response and its token. */
export function environmentForPrograms(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith(RESPONSE_VARIABLE_PREFIX)),
  );
}
