import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seeded } from '../support/random.ts';
import { joinChannel, numbered, passUntil } from './joined-channel.ts';

describe('a channel, receiving', () => {
  it('delivers 3 000 messages of a faulty path in order and once each', async () => {
    await seeded((random) => {
      const faults = { loss: 0.05, duplication: 0.05, reordering: 0.05, delay: 1 };
      const { channel, peer, inbox, clock } = joinChannel({ faults, random });
      const sent = numbered(3_000, 'down');
      channel.attach(peer.socket);
      for (const payload of sent) peer.send(payload);
      passUntil(clock, () => peer.unacknowledged === 0);
      assert.deepEqual(inbox.map(String), sent.map(String));
    });
  });

  it('acknowledges a repeated message again without delivering it again', () => {
    const { channel, peer, inbox } = joinChannel();
    channel.attach(peer.socket);
    peer.send(Buffer.from('once'));
    assert.equal(peer.acknowledgements, 1);
    peer.sendOnce({ sequenceNumber: 0, payload: Buffer.from('once') });
    assert.equal(peer.acknowledgements, 2);
    assert.deepEqual(inbox.map(String), ['once']);
  });

  it('repeats its last 256 acknowledgements on the next socket, because a cut may have lost them', () => {
    const { channel, peer, inbox } = joinChannel();
    channel.attach(peer.socket);
    for (let i = 0; i < 300; i++) peer.send(Buffer.from(String(i)));
    peer.deaf = true;
    for (let i = 300; i < 310; i++) peer.send(Buffer.from(String(i)));
    peer.deaf = false;
    assert.equal(peer.unacknowledged, 10);
    channel.detach();
    const before = peer.acknowledgements;
    channel.attach(peer.socket);
    assert.equal(peer.unacknowledged, 0);
    assert.equal(peer.acknowledgements - before, 256);
    assert.equal(inbox.length, 310);
  });

  it('neither acknowledges nor counts a message that the consumer refuses', () => {
    let ready = false;
    const taken: string[] = [];
    const { channel, peer, clock } = joinChannel({
      deliver: (payload) => {
        if (ready) taken.push(payload.toString());
        return ready;
      },
    });
    channel.attach(peer.socket);
    peer.send(Buffer.from('early'));
    assert.equal(peer.unacknowledged, 1);
    ready = true;
    passUntil(clock, () => peer.unacknowledged === 0);
    assert.deepEqual(taken, ['early']);
  });

  it('delivers what waits after a refused message once the consumer is ready', () => {
    let room = 1;
    const taken: string[] = [];
    const { channel, peer } = joinChannel({
      deliver: (payload) => {
        if (room === 0) return false;
        room--;
        taken.push(payload.toString());
        return true;
      },
    });
    channel.attach(peer.socket);
    peer.sendOnce({ sequenceNumber: 1, payload: Buffer.from('second') });
    peer.sendOnce({ sequenceNumber: 0, payload: Buffer.from('first') });
    assert.deepEqual(taken, ['first']);
    room = 1;
    channel.wake();
    assert.deepEqual(taken, ['first', 'second']);
  });

  it('does not deliver a message twice to a consumer that asks for more while it takes it', () => {
    const taken: string[] = [];
    const { channel, peer } = joinChannel({
      deliver: (payload) => {
        taken.push(payload.toString());
        channel.wake();
        return true;
      },
    });
    channel.attach(peer.socket);
    peer.sendOnce({ sequenceNumber: 1, payload: Buffer.from('second') });
    peer.sendOnce({ sequenceNumber: 2, payload: Buffer.from('third') });
    peer.sendOnce({ sequenceNumber: 0, payload: Buffer.from('first') });
    assert.deepEqual(taken, ['first', 'second', 'third']);
  });

  it('buffers 10 000 messages while one is missing, and leaves the others to the peer', () => {
    const { channel, peer } = joinChannel();
    channel.attach(peer.socket);
    for (let sequenceNumber = 1; sequenceNumber <= 10_001; sequenceNumber++) {
      peer.sendOnce({ sequenceNumber, payload: Buffer.from('x') });
    }
    assert.equal(peer.acknowledgements, 10_000);
  });

  it('receives while neither consumer nor socket has paused, and knows since when', () => {
    const { channel, peer, clock } = joinChannel();
    channel.attach(peer.socket);
    clock.advance(100);
    channel.pauseReceiving();
    channel.setSocketReading(false);
    channel.resumeReceiving();
    assert.equal(channel.receivingSince, undefined);
    channel.pauseReceiving();
    channel.setSocketReading(true);
    assert.equal(channel.receiving, false);
    clock.advance(100);
    channel.resumeReceiving();
    assert.equal(channel.receivingSince, 200);
  });

  it('drops malformed frames and continues', async () => {
    await seeded((random) => {
      const { channel, peer, inbox } = joinChannel({ random });
      channel.attach(peer.socket);
      for (let i = 0; i < 1_000; i++) channel.receive(random.bytes(random.below(400)));
      peer.send(Buffer.from('still here'));
      assert.deepEqual(inbox.map(String), ['still here']);
    });
  });
});
