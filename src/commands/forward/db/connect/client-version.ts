import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { environmentForPrograms, findProgram } from '../../../../lib/find-program.ts';

/** No client needs long to print its version, and a client that hangs must not hang this program. */
const VERSION_LIMIT_MS = 10_000;

/** The version that a client of MySQL or MariaDB prints; its name when it prints none. */
export function readVersion(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<string> {
  const path = findProgram(program, env, platform) ?? program;
  const options = { env: environmentForPrograms(env), timeout: VERSION_LIMIT_MS };
  return new Promise((resolve) => {
    // Its settings do not matter here, and may be wrong.
    execFile(path, ['--no-defaults', '--version'], options, (error, stdout) =>
      resolve(error === null ? stdout : program),
    );
  });
}

/** Whether this user may read a file. */
export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
