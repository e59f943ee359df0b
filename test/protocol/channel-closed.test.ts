import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseChannelClosed } from '../../src/protocol/channel-closed.ts';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';

describe('channel_closed', () => {
  it('names the session and why it ended', () => {
    const payload = Buffer.from(
      '{"MessageId":"906430ae-1173-4a21-9b42-85c06327df30","CreatedDate":"2026-01-01T00:00:00Z",' +
        '"DestinationId":"session-1","SessionId":"session-1","MessageType":"channel_closed",' +
        '"SchemaVersion":1,"Output":"Your session timed out – grüße"}',
    );
    assert.deepEqual(parseChannelClosed(payload), {
      sessionId: 'session-1',
      output: 'Your session timed out – grüße',
    });
  });

  it('may have no reason', () => {
    for (const text of ['{"SessionId":"s"}', '{"SessionId":"s","Output":null}']) {
      assert.deepEqual(parseChannelClosed(Buffer.from(text)), { sessionId: 's', output: '' });
    }
  });

  it('is refused when it is not a JSON object', () => {
    for (const text of ['', '{', '"closed"', '[]', 'null']) {
      assert.throws(
        () => parseChannelClosed(Buffer.from(text)),
        (error) => error instanceof ProtocolError && error.reason === 'payload-malformed',
      );
    }
  });
});
