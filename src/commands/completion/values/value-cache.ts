import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateJson } from '../../../lib/private-file.ts';
import { isJsonObject, parseObject } from '../../../lib/json.ts';
import type { CompletionValue } from './find-values.ts';

/** How long values are valid: a user presses Tab several times for one command line. */
const VALUES_LIFETIME_MS = 60_000;
/** How long the absence of values is valid, so that a dead network delays only one key. */
const FAILURE_LIFETIME_MS = 10_000;
/** The most lists: of accounts, regions and kinds that are used within a minute. */
const MOST_FILES = 32;
/** A longer file is not of this program. */
const MAX_CACHED_BYTES = 1024 * 1024;
const SUFFIX = '.json';

/** Values that were found a short while ago, in one file for each key. */
export interface ValueCache {
  /** The values that are still valid; undefined without any. */
  read(key: object): Promise<readonly CompletionValue[] | undefined>;
  /** Keeps values for a short time; undefined when they could not be found. Never rejects. */
  write(key: object, values: readonly CompletionValue[] | undefined): Promise<void>;
}

/**
 * @param directory - is made when it is needed
 * @param now - milliseconds since the epoch
 */
export function createValueCache(directory: string, now: () => number): ValueCache {
  const pathOf = (key: object): string => {
    const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex');
    return join(directory, `${hash}${SUFFIX}`);
  };
  return {
    async read(key) {
      const entry = await readEntry(pathOf(key));
      // A clock that was set back must not make an entry immortal.
      const isValid =
        entry !== undefined && entry.expires > now() && entry.expires <= now() + VALUES_LIFETIME_MS;
      return isValid ? entry.values : undefined;
    },
    async write(key, values) {
      const lifetime = values === undefined ? FAILURE_LIFETIME_MS : VALUES_LIFETIME_MS;
      try {
        await writePrivateJson(pathOf(key), { expires: now() + lifetime, values: values ?? [] });
        await removeOld(directory, now());
      } catch {
        // Without a cache each key asks again.
      }
    },
  };
}

interface Entry {
  readonly expires: number;
  readonly values: readonly CompletionValue[];
}

async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    if ((await stat(path)).size > MAX_CACHED_BYTES) return undefined;
    const entry = parseObject(await readFile(path, 'utf8'));
    const { expires, values } = entry ?? {};
    if (typeof expires !== 'number' || !Array.isArray(values)) return undefined;
    return { expires, values: values.flatMap(valueOf) };
  } catch {
    return undefined;
  }
}

function valueOf(entry: unknown): readonly CompletionValue[] {
  if (!isJsonObject(entry)) return [];
  const { value, text } = entry;
  return typeof value === 'string' && typeof text === 'string' ? [{ value, text }] : [];
}

/** Removes files whose values have expired, and the oldest of too many. */
async function removeOld(directory: string, now: number): Promise<void> {
  const files = await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const path = join(directory, name);
      return { path, writtenAt: (await stat(path)).mtimeMs };
    }),
  );
  files.sort((a, b) => b.writtenAt - a.writtenAt);
  const old = files.filter(
    ({ writtenAt }, i) => i >= MOST_FILES || writtenAt < now - VALUES_LIFETIME_MS,
  );
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
}
