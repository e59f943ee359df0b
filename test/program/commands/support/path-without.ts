import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** The tools of this system without those that run a relay. */
export function pathWithoutInterpreters(t: TestContext): string {
  return pathWithout(t, /^(?:python|perl)/);
}

/** The tools of this system without some of them. */
export function pathWithout(t: TestContext, left: RegExp): string {
  const directory = temporaryDirectory(t);
  for (const name of readdirSync('/usr/bin')) {
    if (left.test(name)) continue;
    symlinkSync(join('/usr/bin', name), join(directory, name));
  }
  return directory;
}
