import assert from 'node:assert/strict';
import { it } from 'node:test';
import { encodeOpenDataChannel } from '../../src/protocol/open-data-channel.ts';

it('the first frame of a socket identifies the client and carries the token', () => {
  assert.equal(
    encodeOpenDataChannel({
      requestId: '11111111-2222-4333-8444-555555555555',
      tokenValue: 'AAEA+/="',
      clientId: '66666666-7777-4888-9999-aaaaaaaaaaaa',
      clientVersion: '1.3.0.0',
    }),
    '{"MessageSchemaVersion":"1.0","RequestId":"11111111-2222-4333-8444-555555555555",' +
      '"TokenValue":"AAEA+/=\\"","ClientId":"66666666-7777-4888-9999-aaaaaaaaaaaa",' +
      '"ClientVersion":"1.3.0.0"}',
  );
});
