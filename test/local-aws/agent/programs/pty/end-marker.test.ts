import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seeded } from '../../../../support/random.ts';
import { createEndMarkerFilter, newEndMarker } from './end-marker.ts';

describe('the marker after the output of a terminal', () => {
  it('is found and taken out however the bytes are cut, and nothing else is', () =>
    seeded((random) => {
      for (let round = 0; round < 200; round++) {
        const marker = newEndMarker();
        const output = random.bytes(random.between(0, 60));
        // Beginnings of markers in the middle of the output.
        if (output.length > 4) output[random.below(output.length)] = 0x1e;
        const all = Buffer.concat([output, Buffer.from(marker, 'latin1')]);
        const filter = createEndMarkerFilter(marker);
        const given: Buffer[] = [];
        let ended = false;
        for (let offset = 0; offset < all.length;) {
          const length = random.between(1, 20);
          const read = filter.push(all.subarray(offset, offset + length));
          given.push(read.output);
          assert.equal(ended, false);
          ended = read.ended;
          offset += length;
        }
        assert.ok(ended);
        assert.deepEqual(Buffer.concat(given), output);
      }
    }));

  it('gives up what only looked like it', () => {
    const filter = createEndMarkerFilter(newEndMarker());
    const { output, ended } = filter.push(Buffer.from('text\x1e'));
    assert.equal(output.toString(), 'text');
    assert.equal(ended, false);
    assert.equal(filter.held, 1);
    assert.equal(filter.release().toString(), '\x1e');
    assert.equal(filter.held, 0);
  });
});
