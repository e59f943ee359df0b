import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantity, shortestQuantity, shortQuantity } from '../../../src/cli/output/quantity.ts';

const TIB = 1024 ** 4;

describe('a quantity of bytes', () => {
  for (const [bytes, long, short, shortest] of [
    [0, '0 B', '0 B', '0'],
    [1023, '1023 B', '1023 B', '1023'],
    [1024, '1.0 KiB', '1.0 KiB', '1.0K'],
    [1536, '1.5 KiB', '1.5 KiB', '1.5K'],
    [102_349, '100.0 KiB', '99.9 KiB', '99.9K'],
    [1024 ** 2 - 1, '1024.0 KiB', '1023 KiB', '1023K'],
    [5 * 1024 ** 2, '5.0 MiB', '5.0 MiB', '5.0M'],
    [250 * 1024 ** 3, '250.0 GiB', '250 GiB', '250G'],
    [3072 * TIB, '3072.0 TiB', '3072 TiB', '3072T'],
  ] as const) {
    it(`of ${bytes} is ${long}, in columns ${short} or ${shortest}`, () => {
      assert.equal(quantity(bytes), long);
      assert.equal(shortQuantity(bytes), short);
      assert.equal(shortestQuantity(bytes), shortest);
    });
  }

  it('is never wider than its column', () => {
    for (let bytes = 1; bytes < 1024 * TIB; bytes = Math.ceil(bytes * 1.01)) {
      assert.ok(shortQuantity(bytes).length <= 8, `${bytes}: ${shortQuantity(bytes)}`);
      assert.ok(shortestQuantity(bytes).length <= 5, `${bytes}: ${shortestQuantity(bytes)}`);
    }
  });

  it('that is a rate has no fractions of a byte', () => {
    assert.equal(shortQuantity(12.7), '12 B');
    assert.equal(shortestQuantity(0.2), '0');
  });
});
