import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageType } from '../../src/protocol/client-message.ts';
import { joinChannel, output } from './joined-channel.ts';

describe('a channel, at its end', () => {
  it('reports why the service closed the channel', () => {
    const { channel, peer, closed } = joinChannel();
    channel.attach(peer.socket);
    peer.sendOnce({
      messageType: MessageType.ChannelClosed,
      payload: Buffer.from('{"SessionId":"s","Output":"it was time"}'),
    });
    assert.deepEqual(closed, ['it was time']);
  });

  it('has no timer left when it is closed', () => {
    const { channel, outbox, peer, clock } = joinChannel({ messagesPerSecond: 1 });
    const before = clock.pending;
    for (let i = 0; i < 100; i++) outbox.push(output('x'));
    peer.deaf = true;
    channel.attach(peer.socket);
    channel.close();
    assert.equal(clock.pending, before);
  });
});
