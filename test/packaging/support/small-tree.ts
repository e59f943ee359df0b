import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** What is installed besides the program (install guide). */
export const DOCUMENTS = [
  'LICENSE',
  'NOTICE',
  'README.md',
  'RELEASENOTES.md',
  'THIRD-PARTY',
  'VERSION',
  'seelog.xml.template',
] as const;

const EXECUTABLE_MODE = 0o755;

/** A directory that is removed when the test ends. */
export function workDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'packaging-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * An installed tree in which a script that says its version stands in the program's place, for tests
 * of packages rather than of what is in them. Every file is different in every version.
 */
export function smallTree(t: TestContext, version: string): string {
  const tree = workDirectory(t);
  mkdirSync(join(tree, 'bin'));
  writeFileSync(join(tree, 'bin/session-manager-plugin'), `#!/bin/sh\necho ${version}\n`, {
    mode: EXECUTABLE_MODE,
  });
  for (const name of DOCUMENTS) writeFileSync(join(tree, name), `${name} of ${version}\n`);
  return tree;
}
