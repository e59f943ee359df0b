import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SharedSections } from '../../src/aws/shared-config.ts';
import type { CleanupScope } from '../support/cleanup-scope.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** What files without anything in them have. */
export const NO_SECTIONS: SharedSections = {
  profiles: new Map(),
  ssoSessions: new Map(),
  services: new Map(),
};

/**
 * Makes a home directory.
 *
 * @param files - contents by name, e.g. `.aws/config`
 * @returns its path
 */
export function homeWith(scope: CleanupScope, files: Readonly<Record<string, string>>): string {
  const home = temporaryDirectory(scope);
  for (const [name, contents] of Object.entries(files)) {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  return home;
}
