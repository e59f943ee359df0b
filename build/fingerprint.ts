import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A digest over files, and whatever else an outcome depends on.
 *
 * @param root - the directory that the paths start from
 * @param paths - files, and directories with all they hold
 * @returns hexadecimal; it changes with every name and content
 */
export function fingerprint(
  root: string,
  paths: readonly string[],
  facts: readonly string[],
): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const place = join(root, path);
    if (lstatSync(place).isDirectory()) {
      for (const name of readdirSync(place).sort()) add(join(path, name));
      return;
    }
    const content = readFileSync(place);
    hash.update(JSON.stringify([path, content.length])).update(content);
  };
  for (const path of paths) add(path);
  return hash.update(JSON.stringify(facts)).digest('hex');
}

/**
 * Makes outputs that are missing, or were made of other inputs.
 *
 * @param outputs - every file or directory that `make` makes; a record beside the first one keeps the
 *   fingerprint of its inputs. There is no record while `make` runs, so what it leaves when it is
 *   interrupted is made again.
 * @param inputs - the fingerprint of all they are made of
 */
export async function makeWhenChanged(
  outputs: readonly [string, ...string[]],
  inputs: string,
  make: () => void | Promise<void>,
): Promise<void> {
  const record = `${outputs[0]}.inputs`;
  const upToDate = existsSync(record) && readFileSync(record, 'utf8') === inputs;
  if (upToDate && outputs.every((output) => existsSync(output))) return;
  rmSync(record, { force: true });
  await make();
  writeFileSync(record, inputs);
}
