import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinChannel, output, passUntil } from './joined-channel.ts';

describe('a channel, sending again', () => {
  it('resends what was unacknowledged when a socket is replaced, in order and once each', () => {
    const { channel, peer, outbox, clock } = joinChannel();
    peer.deaf = true;
    outbox.push(output('a'), output('b'), output('c'));
    channel.attach(peer.socket);
    channel.detach();
    peer.deaf = false;
    outbox.push(output('d'));
    clock.advance(60_000);
    assert.equal(peer.arrivals, 0);
    channel.attach(peer.socket);
    assert.deepEqual(peer.payloads.map(String), ['a', 'b', 'c', 'd']);
    assert.equal(peer.arrivals, 4);
  });

  it('resends only the oldest message while the peer is silent, and gives up after 3000 times', () => {
    let onUnacknowledged = 0;
    const { channel, outbox, peer, clock } = joinChannel({
      onUnacknowledged: () => onUnacknowledged++,
    });
    const frames: Buffer[] = [];
    const sent = (): number => frames.length;
    outbox.push(output('a'), output('b'));
    channel.attach({ ...peer.socket, send: (frame) => frames.push(frame) });
    assert.equal(sent(), 2);
    clock.advance(1_000);
    assert.ok(sent() >= 3 && sent() <= 12, `${sent()} frames`);
    passUntil(clock, () => onUnacknowledged > 0, 1_000);
    assert.ok(sent() >= 3_002 && sent() <= 3_003, `${sent()} frames`);
  });

  it('does not resend while it does not read', () => {
    const { channel, outbox, peer, clock } = joinChannel();
    const frames: Buffer[] = [];
    const sent = (): number => frames.length;
    channel.attach({ ...peer.socket, send: (frame) => frames.push(frame) });
    outbox.push(output('a'));
    channel.wake();
    channel.pauseReceiving();
    clock.advance(3_600_000);
    assert.equal(sent(), 1);
    channel.resumeReceiving();
    clock.advance(1_000);
    assert.ok(sent() > 1);
  });
});
