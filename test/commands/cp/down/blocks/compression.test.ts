import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UNIT_BYTES } from '../../../../../src/commands/cp/down/blocks/block-request.ts';
import { createCompression } from '../../../../../src/commands/cp/down/blocks/compression.ts';
import { seeded } from '../../../../support/random.ts';

const TEXT = Buffer.from('a line of a log, as there are many\n'.repeat(2000)).subarray(
  0,
  UNIT_BYTES,
);
const whole = (data: Buffer) => ({ data, carriedBytes: data.length });

describe('compression on the target', () => {
  it('begins when the first block shows that it pays', () => {
    const compression = createCompression(true);
    assert.equal(compression.encoding, 'plain');
    compression.arrived(whole(TEXT), 'plain');
    assert.equal(compression.encoding, 'gzip');
  });

  it('does not begin for random data, and ends with data that cannot be compressed', () =>
    seeded((random) => {
      const noise = random.bytes(UNIT_BYTES);
      const compression = createCompression(true);
      compression.arrived(whole(noise), 'plain');
      assert.equal(compression.encoding, 'plain');
      // A later sample finds text; then comes noise again.
      for (let blocks = 0; blocks < 33; blocks++) compression.arrived(whole(TEXT), 'plain');
      assert.equal(compression.encoding, 'gzip');
      compression.arrived({ data: TEXT, carriedBytes: 900 }, 'gzip');
      assert.equal(compression.encoding, 'gzip');
      compression.arrived({ data: noise, carriedBytes: noise.length + 30 }, 'gzip');
      assert.equal(compression.encoding, 'plain');
    }));

  it('needs gzip there', () => {
    const compression = createCompression(false);
    compression.arrived(whole(TEXT), 'plain');
    assert.equal(compression.encoding, 'plain');
  });
});
