import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { environmentForPrograms, findProgram } from '../../lib/find-program.ts';

/**
 * Reads facts of one process by ps(1).
 *
 * @param columns - as after its `-o`, without headings
 * @returns the columns of its line
 * @throws Error when there is no ps on PATH, or it fails
 */
export async function askPs(
  pid: number,
  columns: readonly string[],
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const ps = findProgram('ps', env, platform);
  if (ps === undefined) throw new Error('there is no ps on PATH');
  const options = columns.flatMap((column) => ['-o', `${column}=`]);
  const { stdout } = await promisify(execFile)(ps, [...options, '-p', String(pid)], {
    env: environmentForPrograms(env),
  });
  return stdout.trim().split(/\s+/);
}
