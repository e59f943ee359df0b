import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CleanupScope } from './cleanup-scope.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { spawnSync } from './child-process.ts';

/** A named pipe that exists until the test ends. Opening one end waits for the other. */
export function makeFifo(t: CleanupScope): string {
  const path = join(temporaryDirectory(t), 'fifo');
  assert.equal(spawnSync('mkfifo', ['-m', '600', path]).status, 0);
  return path;
}
