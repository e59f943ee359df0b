import type { Command } from 'commander';
import { usageError } from '../framework/usage/usage-error.ts';
import { shown } from '../framework/usage/usage-words.ts';

/**
 * The values of a repeatable `--tag`. Tags are combined as AWS combines them: a machine has all keys, and of each key one
 * of its values.
 *
 * @throws UsageError for a text without a key
 */
export function readTags(
  command: Command,
  texts: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw usageError(command, `--tag cannot be "${shown(text)}".`, [
        'Pass a key and a value: --tag Role=web.',
      ]);
    }
    tags.set(key, [...(tags.get(key) ?? []), value]);
  }
  return tags;
}
