import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** The tools of this system without those that run a relay. */
export function pathWithoutInterpreters(t: TestContext): string {
  const directory = temporaryDirectory(t);
  for (const name of readdirSync('/usr/bin')) {
    if (/^(?:python|perl)/.test(name)) continue;
    symlinkSync(join('/usr/bin', name), join(directory, name));
  }
  return directory;
}
