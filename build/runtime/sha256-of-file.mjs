import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * @param {string} path - of a file, which is read as a whole
 * @returns {string} its SHA-256 digest in hexadecimal
 */
export function sha256OfFile(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
