import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { runTool } from '../../../build/tool.ts';
import { deflate, gzip } from '../../../packaging/archive/deflate.ts';
import { requireTools } from '../../support/require-tools.ts';
import { GZIP } from '../../support/tools.ts';

/** Too large to be compressed again, and not compressible to nothing: digests in hexadecimal. */
const PROGRAM = Buffer.from(
  Array.from({ length: 20_000 }, (_, number) =>
    createHash('sha256').update(String(number)).digest('hex'),
  ).join(''),
);
const BEFORE = Buffer.from('what precedes the program\n'.repeat(1000));
const AFTER = Buffer.from('what follows it\n'.repeat(1000));
const ARCHIVE = Buffer.concat([BEFORE, PROGRAM, AFTER]);
const LAST_BLOCK_BYTES = 2;

describe('compressed content', () => {
  for (const [what, content] of [
    ['an archive with the program', ARCHIVE],
    ['an archive without it', BEFORE],
    ['the program', PROGRAM],
    ['nothing', Buffer.alloc(0)],
  ] as const) {
    it(`of ${what} is inflated to the same, by zlib and by gzip`, (t) => {
      for (const level of [1, 9]) {
        for (const reused of [PROGRAM, undefined]) {
          assert.ok(inflateRawSync(deflate(content, level, reused)).equals(content));
          assert.ok(gunzipSync(gzip(content, level, reused)).equals(content));
        }
      }
      if (!requireTools(t, GZIP)) return;
      const compressed = gzip(content, 9, PROGRAM);
      assert.ok(runTool(GZIP, ['-dc'], { input: compressed }).equals(content));
    });
  }

  it('of the program is part of each archive that contains it, and is made once', () => {
    const alone = deflate(PROGRAM, 9).subarray(0, -LAST_BLOCK_BYTES);
    assert.ok(gzip(ARCHIVE, 9, PROGRAM).includes(alone));
    assert.ok(gzip(PROGRAM, 9).includes(alone));
    assert.ok(!gzip(ARCHIVE, 1, PROGRAM).includes(alone));
  });

  it('is not much larger for it', () => {
    const whole = gzip(ARCHIVE, 9).length;
    assert.ok(gzip(ARCHIVE, 9, PROGRAM).length < whole + 500);
  });

  it('has no name and no time', () => {
    assert.equal(gzip(BEFORE, 9).subarray(0, 10).toString('hex'), '1f8b0800000000000003');
  });
});
