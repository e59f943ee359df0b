import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
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
 * Makes what is not there, or was made of something else.
 *
 * @param output - what `make` makes; beside it a file remembers of what
 * @param inputs - the fingerprint of all it is made of
 */
export async function makeWhenChanged(
  output: string,
  inputs: string,
  make: () => void | Promise<void>,
): Promise<void> {
  const memory = `${output}.inputs`;
  if (existsSync(output) && existsSync(memory) && readFileSync(memory, 'utf8') === inputs) return;
  await make();
  writeFileSync(memory, inputs);
}
