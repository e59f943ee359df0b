import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseObject, type JsonObject } from './json.ts';

/** Only the owner may read credentials, and names of machines. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** The JSON object in a file; undefined when there is none, or the file cannot be read: then it is made again. */
export async function readJsonFile(path: string): Promise<JsonObject | undefined> {
  return parseObject(await readFile(path, 'utf8').catch(() => ''));
}

/**
 * Writes a JSON object to a file that only its owner can read, in one step: another program
 * may read it at the same time.
 *
 * @throws an error of the file system
 */
export function writePrivateJson(path: string, contents: JsonObject): Promise<void> {
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
