import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { UNIT_BYTES } from '../../../../../src/commands/cp/down/blocks/block-request.ts';
import {
  createReplyReader,
  decodeReply,
} from '../../../../../src/commands/cp/down/blocks/reply-reader.ts';
import { seeded } from '../../../../support/random.ts';

function read(limit: number, pieces: readonly string[]) {
  const replies: string[] = [];
  const reader = createReplyReader(limit, (reply) => replies.push(reply.toString('latin1')));
  const isWhole = pieces.every((piece) => reader.take(Buffer.from(piece, 'latin1')));
  return { replies, isWhole };
}

describe('replies of the target', () => {
  it('end with a full stop, wherever the output is cut', () => {
    const output = 'QUJD.\nREVG.\n.\nR0g=.\n';
    const expected = ['QUJD', 'REVG', '', 'R0g='];
    for (let size = 1; size <= output.length; size++) {
      const pieces = Array.from({ length: Math.ceil(output.length / size) }, (_, i) =>
        output.slice(i * size, (i + 1) * size),
      );
      assert.deepEqual(read(16, pieces), { replies: expected, isWhole: true });
    }
  });

  it('may have line feeds anywhere', () => {
    assert.deepEqual(read(8, ['\n\n\nQU\n', '\nJD\n.\n\n', '\n'.repeat(100)]).replies, ['QUJD']);
  });

  it('are never longer than the limit', () => {
    assert.equal(read(8, ['12345678', '.']).isWhole, true);
    assert.equal(read(8, ['1234\n5678', '9']).isWhole, false);
  });

  it('become the bytes of the block', () =>
    seeded((random) => {
      const data = random.bytes(random.between(0, UNIT_BYTES));
      const plain = Buffer.from(data.toString('base64'));
      assert.deepEqual(decodeReply(plain, 'plain', 1), { data, carriedBytes: data.length });
      const zipped = gzipSync(data, { level: 1 });
      const reply = Buffer.from(zipped.toString('base64'));
      assert.deepEqual(decodeReply(reply, 'gzip', 1), { data, carriedBytes: zipped.length });
    }));

  it('are damaged when they are not what was asked for', () => {
    const zipped = gzipSync(Buffer.alloc(UNIT_BYTES + 1)).toString('base64');
    const cut = gzipSync(Buffer.alloc(99)).subarray(0, -4).toString('base64');
    for (const [reply, encoding] of [
      ['QUJ', 'plain'],
      ['QUJ!', 'plain'],
      ['sh: base64: not found', 'plain'],
      [Buffer.alloc(UNIT_BYTES + 1).toString('base64'), 'plain'],
      ['QUJD', 'gzip'],
      [cut, 'gzip'],
      // It would become more than what was asked for.
      [zipped, 'gzip'],
    ] as const) {
      assert.equal(decodeReply(Buffer.from(reply), encoding, 1), undefined, reply.slice(0, 40));
    }
  });
});
