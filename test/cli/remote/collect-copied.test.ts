import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCopyCollector, limitCopied } from '../../../src/cli/remote/collect-copied.ts';

const MIB = 1024 * 1024;
/** What may be garbage between two collections, and what the runtime needs besides. */
const BOUND_BYTES = 24 * MIB;

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

  it('is freed after each 8 MiB', () => {
    let collections = 0;
    const free = limitCopied(() => {
      collections++;
    });
    for (let copied = 0; copied < 15; copied++) free(MIB);
    assert.equal(collections, 1);
    free(MIB);
    assert.equal(collections, 2);
  });
});
