import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Makes a directory that is removed, with everything in it, when the test ends. */
export function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'build-test-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
