import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join } from 'node:path';
import { createCopyCollector, limitCopied } from '../../../src/cli/remote/collect-copied.ts';
import { spawnSync } from '../../support/child-process.ts';

const MIB = 1024 * 1024;
/** What may be garbage between two collections, and what the runtime needs besides. */
const BOUND_BYTES = 24 * MIB;
/** Some times of what a runtime starts with, and less than what it grows to. */
const YOUNG_BOUND_BYTES = 12 * MIB;

describe('the memory of what was copied', () => {
  it('has a bound', () => {
    const free = limitCopied(createCopyCollector());
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let copied = 0; copied < 256; copied++) {
      free(Buffer.alloc(MIB).length);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    assert.ok(most < BOUND_BYTES, `${most} bytes`);
  });

  it('is freed after each 4 MiB', () => {
    let collections = 0;
    const free = limitCopied(() => {
      collections++;
    });
    for (let copied = 0; copied < 7; copied++) free(MIB);
    assert.equal(collections, 1);
    free(MIB);
    assert.equal(collections, 2);
  });

  it('does not grow with the young generation', () => {
    const child = join(import.meta.dirname, 'support', 'young-generation-child.ts');
    const youngBytes = (how: string): number => {
      const { stdout, stderr } = spawnSync(process.execPath, [child, how]);
      assert.equal(stderr.toString(), '');
      return Number(stdout);
    };
    assert.ok(youngBytes('kept') < YOUNG_BOUND_BYTES);
    assert.ok(youngBytes('as-usual') > YOUNG_BOUND_BYTES);
  });
});
