import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../docs/support/markdown.ts';

/** Set by `npm run screens`: files are written again instead of compared. */
export const UPDATES = process.env['UPDATE_SCREENS'] === '1';
const HOW_TO_UPDATE = 'If the change is meant, run "npm run screens" and commit the file.';

/** Compares a text with a file of the project, or writes the file. @param path - in the project */
export function compareWithFile(path: string, text: string): void {
  const file = join(ROOT, path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!UPDATES) {
    assert.equal(text, before, `${path} shows something else. ${HOW_TO_UPDATE}`);
  } else if (text !== before) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
