import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitLines } from '../../../src/cli/tunnel/line-splitter.ts';
import { seeded } from '../../support/random.ts';

describe('the lines of a relay', () => {
  it('are the same however the output is cut', () =>
    seeded((random) => {
      for (let round = 0; round < 200; round++) {
        const lines = Array.from({ length: random.below(8) }, () => 'x'.repeat(random.below(40)));
        const output = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const seen: string[] = [];
        const stream = splitLines(40, (line) => seen.push(line.toString()));
        for (let at = 0; at < output.length;) {
          const end = at + random.between(1, 50);
          stream.write(output.subarray(at, end));
          at = end;
        }
        assert.deepEqual(seen, lines);
      }
    }));

  it('are passed on once when one is too long, so that its length is seen, and nothing follows', () => {
    const seen: number[] = [];
    const stream = splitLines(10, (line) => seen.push(line.length));
    stream.write('12345\n123456');
    stream.write('789012');
    stream.write('more\nmore\n');
    assert.deepEqual(seen, [5, 12]);
  });
});
