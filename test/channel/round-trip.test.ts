import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRoundTripEstimate } from '../../src/channel/round-trip.ts';
import { joinChannel, output, passUntil, type JoinedChannel } from './joined-channel.ts';
import { NO_FAULTS } from './lossy-peer.ts';

/** The first timeout, 200 ms, and the interval of checks, 100 ms: without a measured round trip. */
const UNMEASURED_MS = 300;

/**
 * The time until a message without an acknowledgement is sent again.
 *
 * @param sentAt - to which the socket adds the time of every frame
 */
function timeToResend({ channel, peer, outbox, clock }: JoinedChannel, sentAt: number[]): number {
  peer.deaf = true;
  sentAt.length = 0;
  outbox.push(output('next'));
  channel.wake();
  passUntil(clock, () => sentAt.length === 2, 10);
  const [first = 0, second = 0] = sentAt;
  return second - first;
}

describe('a channel, measuring the round trip', () => {
  it('estimates the round trip and its variation as the protocol requires', () => {
    const estimate = createRoundTripEstimate();
    assert.equal(estimate.timeout, 200);
    estimate.measured(20);
    // var = 1/4 * |100 - 20| = 20, rtt = 7/8 * 100 + 1/8 * 20 = 90
    assert.equal(estimate.roundTrip, 90);
    assert.equal(estimate.timeout, 170);
    for (let i = 0; i < 1_000; i++) estimate.measured(20);
    assert.ok(Math.abs(estimate.timeout - 30) < 0.01);
    for (let i = 0; i < 1_000; i++) estimate.measured(i % 2 === 0 ? 100 : 5_000);
    assert.equal(estimate.timeout, 1_000);
  });

  it('never measures the round trip with a message that was sent twice', () => {
    const joined = joinChannel();
    const { channel, outbox, peer, clock } = joined;
    const sentAt: number[] = [];
    const socket = {
      ...peer.socket,
      send: (frame: Buffer) => {
        sentAt.push(clock.monotonic());
        peer.socket.send(frame);
      },
    };
    peer.deaf = true;
    channel.attach(socket);
    outbox.push(output('slow'));
    channel.wake();
    clock.advance(5_000);
    peer.deaf = false;
    passUntil(clock, () => peer.received().count === 1);
    // The five seconds are not a round trip.
    const waited = timeToResend(joined, sentAt);
    assert.ok(waited <= UNMEASURED_MS, `resent after ${waited} ms`);
  });

  it('does not measure its own pause in reading as a round trip', () => {
    const joined = joinChannel({ faults: { ...NO_FAULTS, delay: 10 } });
    const { channel, outbox, peer, clock } = joined;
    const sentAt: number[] = [];
    const unread: Buffer[] = [];
    let reading = true;
    peer.deliverTo = (frame) => {
      if (reading) channel.receive(frame);
      else unread.push(frame);
    };
    channel.attach({
      send(frame) {
        sentAt.push(clock.monotonic());
        peer.socket.send(frame);
      },
      pause: () => (reading = false),
      resume: () => (reading = true),
    });
    for (const text of ['a', 'b', 'c']) outbox.push(output(text));
    channel.wake();
    channel.pauseReceiving();
    clock.advance(60_000);
    channel.resumeReceiving();
    for (const frame of unread) channel.receive(frame);
    // The minute is not a round trip.
    const waited = timeToResend(joined, sentAt);
    assert.ok(waited <= UNMEASURED_MS, `resent after ${waited} ms`);
  });
});
