import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the owner may read credentials, and names of machines. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** The members of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object in a file; undefined when there is none, as the AWS CLI does. */
export async function readCacheFile(path: string): Promise<JsonObject | undefined> {
  try {
    return objectIn(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Writes a JSON object to a file that only its owner can read, in one step: another program
 * may read it at the same time.
 *
 * @throws an error of the file system
 */
export function writeCacheFile(path: string, contents: JsonObject): Promise<void> {
  return writePrivateFile(path, JSON.stringify(contents));
}

/** The same with any text. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await writeFile(unfinished, text, { mode: FILE_MODE, flag: 'wx' });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** A value that is a JSON object. */
export function objectIn(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

/** A string value; empty for any other value. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A time as botocore writes it: ISO 8601, with `Z`, `UTC` or an offset at its end. */
export function timeIn(value: unknown): Date | undefined {
  const time = new Date(textIn(value).replace(/UTC$/, 'Z'));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
