import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DOCUMENTS } from '../support/small-tree.ts';

/** Where AWS's package installs. */
export const OFFICIAL_DIRECTORY = '/usr/local/sessionmanagerplugin';
export const OFFICIAL_PROGRAM = `${OFFICIAL_DIRECTORY}/bin/session-manager-plugin`;
/** What its scripts make and take away. */
export const OFFICIAL_LINK = '/usr/local/bin/session-manager-plugin';
/** An empty directory. */
export const OFFICIAL_STATE = '/var/lib/amazon/sessionmanagerplugin';

export const EXECUTABLE_MODE = 0o755;

/**
 * Writes what AWS's package holds in every format. Every file is different in every version.
 *
 * @param root - the tree that is installed into `/`
 * @param files - paths of what only this format's package holds
 */
export function writeOfficialTree(root: string, version: string, files: readonly string[]): void {
  for (const path of files) placeFile(root, path, `${path} of AWS's ${version}\n`);
  for (const name of DOCUMENTS) {
    placeFile(root, join(OFFICIAL_DIRECTORY, name), `${name} of AWS's ${version}\n`);
  }
  placeFile(root, OFFICIAL_PROGRAM, `#!/bin/sh\necho AWS\\'s ${version}\n`, EXECUTABLE_MODE);
  mkdirSync(join(root, OFFICIAL_STATE), { recursive: true });
}

/** Writes a file, and the directories it is in, below a root. */
export function placeFile(root: string, path: string, text: string, mode?: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}
