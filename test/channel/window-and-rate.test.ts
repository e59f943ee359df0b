import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSendWindow } from '../../src/channel/send-window.ts';
import { MessageType } from '../../src/protocol/client-message.ts';
import { seeded } from '../support/random.ts';
import { joinChannel, output, passUntil } from './joined-channel.ts';
import { NO_FAULTS } from './lossy-peer.ts';

describe('a channel, at its limits', () => {
  it('has no more than the window unacknowledged, and pulls no more from its source', () => {
    const { channel, peer, outbox, joined } = joinChannel();
    peer.deaf = true;
    for (let i = 0; i < 1_000; i++) outbox.push(output(Buffer.alloc(1024)));
    channel.attach(peer.socket);
    assert.equal(joined.pulls, 64);
  });

  it('grows the window up to 256 KiB while acknowledgements arrive', () => {
    const faults = { ...NO_FAULTS, delay: 25 };
    const { channel, peer, outbox, joined, clock } = joinChannel({ faults });
    for (let i = 0; i < 5_000; i++) outbox.push(output(Buffer.alloc(1024)));
    channel.attach(peer.socket);
    let most = 0;
    passUntil(
      clock,
      () => {
        most = Math.max(most, joined.pulls - peer.received().count);
        return peer.received().count === 5_000;
      },
      1,
    );
    // What is on its way to the peer, and as much again may be acknowledged on its way back.
    assert.ok(most <= 256, `${most} messages unacknowledged`);
    assert.ok(most > 120, `${most} messages unacknowledged`);
  });

  it('never lets losses make the window smaller than 64 KiB', () => {
    const window = createSendWindow();
    for (let i = 0; i < 10_000; i++) window.acknowledged(1024);
    assert.equal(window.size, 256 * 1024);
    window.lost();
    assert.equal(window.size, 128 * 1024);
    for (let i = 0; i < 10; i++) window.lost();
    assert.equal(window.size, 64 * 1024);
  });

  it('keeps 0.65 MB/s of the default rate with 0.5 % of the frames lost at 50 ms', async () => {
    await seeded((random) => {
      const faults = { ...NO_FAULTS, loss: 0.005, delay: 25 };
      const { channel, peer, outbox, clock } = joinChannel({
        faults,
        random,
        messagesPerSecond: 900,
        keepPayloads: false,
      });
      const count = 10_000;
      for (let i = 0; i < count; i++) outbox.push(output(Buffer.alloc(1024)));
      channel.attach(peer.socket);
      passUntil(clock, () => peer.received().count === count, 5);
      const bytesPerSecond = (count * 1024) / (clock.monotonic() / 1000);
      assert.ok(bytesPerSecond >= 650_000, `${bytesPerSecond} bytes each second`);
    });
  });

  it('keeps the message rate, and a pause allows only a short burst', () => {
    const { channel, outbox, joined, clock, peer } = joinChannel({ messagesPerSecond: 900 });
    for (let i = 0; i < 10_000; i++) outbox.push(output('x'));
    channel.attach(peer.socket);
    clock.advance(60_000 / 60);
    const first = joined.pulls;
    assert.ok(first <= 950 && first >= 890, `${first} messages in the first second`);
    clock.advance(5_000);
    const rest = joined.pulls - first;
    assert.ok(rest <= 4_510 && rest >= 4_450, `${rest} messages in five seconds`);
  });

  it('sends nothing while publication is paused, and everything after it', () => {
    const { channel, peer, outbox, clock } = joinChannel();
    channel.attach(peer.socket);
    peer.sendOnce({ messageType: MessageType.PausePublication });
    outbox.push(output('held'));
    channel.wake();
    clock.advance(10_000);
    assert.equal(peer.arrivals, 0);
    peer.sendOnce({ messageType: MessageType.StartPublication });
    assert.deepEqual(peer.payloads.map(String), ['held']);
  });

  it('loses nothing when one start follows another: what was unacknowledged is sent again', () => {
    const { channel, peer, outbox, clock } = joinChannel();
    let lost = 0;
    channel.attach({
      ...peer.socket,
      send: (frame) => (lost++ < 1 ? undefined : peer.socket.send(frame)),
    });
    outbox.push(output('lost'));
    channel.wake();
    peer.sendOnce({ messageType: MessageType.PausePublication });
    peer.sendOnce({ messageType: MessageType.StartPublication });
    outbox.push(output('next'));
    channel.wake();
    assert.equal(peer.arrivals, 0);
    clock.advance(100);
    assert.deepEqual(peer.payloads.map(String), ['lost', 'next']);
  });

  it('ends a pause with any message of the agent', () => {
    const { channel, peer, outbox } = joinChannel();
    channel.attach(peer.socket);
    peer.sendOnce({ messageType: MessageType.PausePublication });
    outbox.push(output('held'));
    channel.wake();
    peer.send(Buffer.from('I am here'));
    assert.deepEqual(peer.payloads.map(String), ['held']);
  });
});
