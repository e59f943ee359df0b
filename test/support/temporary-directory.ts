import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanupScope } from './cleanup-scope.ts';

/** Makes a directory that is removed, with everything in it, when the test ends. */
export function temporaryDirectory(context: CleanupScope): string {
  const directory = mkdtempSync(join(tmpdir(), 'plugin-test-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
