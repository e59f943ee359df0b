import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createBlockPool } from '../../../../../src/commands/cp/down/blocks/block-pool.ts';
import { UNIT_BYTES } from '../../../../../src/commands/cp/down/blocks/block-request.ts';
import {
  createReplyReader,
  readBlock,
} from '../../../../../src/commands/cp/down/blocks/reply-reader.ts';
import { seeded } from '../../../../support/random.ts';

const pool = createBlockPool();

function read(limit: number, pieces: readonly string[]) {
  const replies: string[] = [];
  const reader = createReplyReader(limit, (reply) => replies.push(reply.toString()));
  const isWhole = pieces.every((piece) => reader.take(Buffer.from(piece, 'latin1')));
  return { replies, isWhole };
}

describe('replies of the target', () => {
  it('end with a full stop, wherever the output is cut', () => {
    const output = 'QUJD.\nREVG.\n.\nR0g=.\n';
    const expected = ['ABC', 'DEF', '', 'GH'];
    for (let size = 1; size <= output.length; size++) {
      const pieces = Array.from({ length: Math.ceil(output.length / size) }, (_, i) =>
        output.slice(i * size, (i + 1) * size),
      );
      assert.deepEqual(read(16, pieces), { replies: expected, isWhole: true });
    }
  });

  it('may have line feeds anywhere', () => {
    assert.deepEqual(read(8, ['\n\n\nQU\n', '\nJD\n.\n\n', '\n'.repeat(100)]).replies, ['ABC']);
  });

  it('are never longer than the limit', () => {
    assert.equal(read(6, ['QUJD', 'QUJD.']).isWhole, true);
    assert.equal(read(6, ['QUJD\nQUJD', 'QUJD']).isWhole, false);
  });

  it('are damaged when they are no base64', () => {
    for (const output of ['QUJ.', 'QUJ!', 'sh: base64: not found', 'QQ==QUJD', 'QQ==\nQUJD']) {
      assert.equal(read(100, [output]).isWhole, false, output);
    }
  });

  it('become the bytes of the block', () =>
    seeded((random) => {
      const data = random.bytes(random.between(0, UNIT_BYTES));
      assert.deepEqual(readBlock(data, 'plain', 1, pool), { data, carriedBytes: data.length });
      const zipped = gzipSync(data, { level: 1 });
      assert.deepEqual(readBlock(zipped, 'gzip', 1, pool), { data, carriedBytes: zipped.length });
    }));

  it('are damaged when they are not what was asked for', () => {
    for (const [reply, encoding] of [
      [Buffer.alloc(UNIT_BYTES + 1), 'plain'],
      [Buffer.from('ABC'), 'gzip'],
      [gzipSync(Buffer.alloc(99)).subarray(0, -4), 'gzip'],
      // It would become more than what was asked for.
      [gzipSync(Buffer.alloc(UNIT_BYTES + 1)), 'gzip'],
    ] as const) {
      assert.equal(readBlock(reply, encoding, 1, pool), undefined);
    }
  });
});
