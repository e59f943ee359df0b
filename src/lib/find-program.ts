import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** The caller's response, with the session's token, stands in a variable whose name begins like this. */
const RESPONSE_VARIABLE_PREFIX = 'AWS_SSM_START_SESSION_RESPONSE';
/** What Windows adds to a name without an extension. A batch file, which needs a shell, is not among it. */
const WINDOWS_EXTENSIONS = ['.exe', '.com'];
const HAS_WINDOWS_EXTENSION = /\.(?:exe|com|bat|cmd)$/i;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the program that a user has named: a path is taken as it is, a name is looked up as in
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
 * Finds a program on PATH. Only absolute parts of PATH count: a relative or empty part means the current
 * directory, and Windows begins the search there without being asked, where somebody else may have put a
 * program of that name.
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

/** Windows takes the name of a variable in any case. */
function pathOf(env: Environment, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return env['PATH'] ?? '';
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The user's environment for a program that is started: without a session's response and its token. */
export function environmentForPrograms(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith(RESPONSE_VARIABLE_PREFIX)),
  );
}
