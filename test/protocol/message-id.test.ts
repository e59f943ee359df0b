import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatMessageId, messageIdFromRandom } from '../../src/protocol/message-id.ts';
import { seeded } from '../support/random.ts';

describe('a message id', () => {
  it('is read with its halves swapped', () => {
    const wire = Buffer.from('9b4285c06327df30906430ae11734a21', 'hex');
    assert.equal(formatMessageId(wire), '906430ae-1173-4a21-9b42-85c06327df30');
  });

  it('made from random bytes is a version 4 UUID that keeps the other bits', async () => {
    await seeded((random) => {
      for (let i = 0; i < 200; i++) {
        const bytes = random.bytes(16);
        const before = formatMessageId(bytes);
        const id = messageIdFromRandom(bytes);
        const text = formatMessageId(id);
        assert.match(text, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const free = (uuid: string): string =>
          uuid.slice(0, 14) + uuid.slice(15, 19) + uuid.slice(20);
        assert.equal(free(text), free(before));
        assert.equal(id, bytes);
      }
    });
  });
});
