import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FUZZ_CASES } from '../fuzz/support/cases.ts';
import { seeded } from '../support/random.ts';
import { joinChannel, numbered, output, passUntil } from './joined-channel.ts';
import { chainDigest, NO_FAULTS } from './lossy-peer.ts';

describe('a channel, sending', () => {
  it('sends what waits as soon as a socket is attached, numbered from 0', () => {
    const { channel, peer, outbox } = joinChannel();
    outbox.push(output('a'), output('b'));
    channel.wake();
    assert.equal(peer.arrivals, 0);
    channel.attach(peer.socket);
    assert.deepEqual(peer.payloads.map(String), ['a', 'b']);
  });

  it('sends a lone message within the call that announces it', () => {
    const { channel, peer, outbox } = joinChannel({ messagesPerSecond: 900 });
    channel.attach(peer.socket);
    outbox.push(output('k'));
    channel.wake();
    assert.deepEqual(peer.payloads.map(String), ['k']);
  });

  it('delivers every message over a path that loses, repeats and reorders', async () => {
    await seeded((random) => {
      const faults = { loss: 0.05, duplication: 0.05, reordering: 0.05, delay: 1 };
      const count = FUZZ_CASES;
      const { channel, peer, outbox, clock } = joinChannel({ faults, random, keepPayloads: false });
      const sent = numbered(count, 'up');
      for (const payload of sent) outbox.push(output(payload));
      channel.attach(peer.socket);
      passUntil(clock, () => peer.received().count === count);
      assert.equal(peer.received().digest, chainDigest(sent));
    });
  });

  it('calls back when everything sent so far is acknowledged, even if later messages wait', () => {
    const faults = { ...NO_FAULTS, delay: 10 };
    const { channel, outbox, peer, clock } = joinChannel({ faults });
    channel.attach(peer.socket);
    outbox.push(output('a'));
    channel.wake();
    let called = 0;
    channel.whenAcknowledged(() => called++);
    clock.advance(15);
    outbox.push(output('b'));
    channel.wake();
    assert.equal(called, 0);
    clock.advance(10);
    assert.equal(called, 1);
  });
});
