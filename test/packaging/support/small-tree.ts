import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupScope } from '../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

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

/**
 * An installed tree in which a script that prints its version replaces the program, for tests
 * of packages rather than of what is in them. Every file is different in every version.
 */
export function smallTree(t: CleanupScope, version: string): string {
  const tree = temporaryDirectory(t);
  mkdirSync(join(tree, 'bin'));
  writeFileSync(join(tree, 'bin/session-manager-plugin'), `#!/bin/sh\necho ${version}\n`, {
    mode: EXECUTABLE_MODE,
  });
  for (const name of DOCUMENTS) {
    writeFileSync(join(tree, name), `${name} of ${version}\n${contentOf(name, version)}`);
  }
  return tree;
}

/** What packages read of a document. */
function contentOf(name: (typeof DOCUMENTS)[number], version: string): string {
  switch (name) {
    case 'NOTICE':
      return `Copyright 2024 the authors of ${version}\n`;
    case 'RELEASENOTES.md':
      return `\n## ${version} (2024-01-31)\n\n- Something changed.\n`;
    default:
      return '';
  }
}
