import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expandHome, sharedFilePaths } from '../../aws/shared-files/file-paths.ts';
import type { Environment } from '../../aws/aws-options.ts';

/** Where the AWS CLI stores sign-ins and roles (its customizations/sso/utils.py and assumerole.py). */
const CACHES = ['~/.aws/sso/cache', '~/.aws/login/cache', '~/.aws/cli/cache'];
const LOGIN_CACHE_VARIABLE = 'AWS_LOGIN_CACHE_DIRECTORY';
/** A cache has a file for each sign-in; more are not compared. */
const MOST_CREDENTIAL_FILES = 200;

/**
 * What a change of changes the credentials of a profile: the files of the AWS CLI, with their times. Never rejects: what
 * is missing counts as unchanged.
 */
export async function credentialFiles(env: Environment): Promise<string> {
  const { config, credentials } = sharedFilePaths(env);
  const set = env[LOGIN_CACHE_VARIABLE] ?? '';
  const caches = [...CACHES, ...(set === '' ? [] : [set])].map((path) => expandHome(path, env));
  const inCaches = await Promise.all(caches.map(filesIn));
  const files = [config, credentials, ...inCaches.flat()].slice(0, MOST_CREDENTIAL_FILES);
  return JSON.stringify(await Promise.all(files.map(versionOf)));
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort().map((name) => join(directory, name));
  } catch {
    return [];
  }
}

async function versionOf(path: string): Promise<readonly (string | number)[]> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return [path, mtimeMs, size, ino];
  } catch {
    return [path];
  }
}
