import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  droppedTexts,
  acceptsText,
  limitTexts,
  BUFFERED_TEXT_LIMIT,
} from '../../src/lib/buffered-text.ts';

describe('texts that are not read', () => {
  it('are written up to the limit, then dropped and counted; the count precedes the next text', () => {
    const stream = { writableLength: 0 };
    const limit = limitTexts(() => stream, droppedTexts);
    assert.deepEqual(limit.admit(), { notice: '' });
    stream.writableLength = BUFFERED_TEXT_LIMIT;
    assert.equal(acceptsText(stream), true);
    assert.deepEqual(limit.admit(), { notice: '' });
    stream.writableLength++;
    for (let i = 0; i < 3; i++) assert.equal(limit.admit(), undefined);
    assert.equal(limit.takeNotice(), '');
    stream.writableLength = 0;
    assert.deepEqual(limit.admit(), {
      notice: '3 messages were dropped because stderr was not read.\n',
    });
    assert.deepEqual(limit.admit(), { notice: '' });
    stream.writableLength = BUFFERED_TEXT_LIMIT + 1;
    limit.admit();
    stream.writableLength = 0;
    assert.equal(limit.takeNotice(), '1 message was dropped because stderr was not read.\n');
    assert.equal(limit.takeNotice(), '');
  });
});
