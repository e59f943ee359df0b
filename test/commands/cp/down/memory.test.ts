import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { spawnSync } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { SHELL } from './support/target-shells.ts';

const CHILD = join(import.meta.dirname, 'support', 'copying-child.ts');
const MIB = 1024 * 1024;
/** More than the window, and less than what the large copy would keep. */
const SPARE_BYTES = 48 * MIB;

/** @returns the peak of resident memory of a process that copies a file of this size */
function peakOf(size: number): number {
  const { stdout, stderr } = spawnSync(process.execPath, [CHILD, String(size)]);
  const [copied, peak] = stdout.toString().split(' ').map(Number);
  assert.equal(copied, size, stderr.toString());
  return peak ?? Infinity;
}

describe('a copy from a target', needs(SHELL.tool), () => {
  it('needs no more memory for a large file than for a small one', () => {
    const small = peakOf(8 * MIB);
    const large = peakOf(200 * MIB);
    assert.ok(large < small + SPARE_BYTES, `${small / MIB} and ${large / MIB} MiB`);
  });
});
