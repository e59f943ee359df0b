import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLearnedRate } from '../../../src/cli/tunnel/learned-rate.ts';
import { createTunnelPace } from '../../../src/cli/tunnel/tunnel-pace.ts';
import type { CreditLimit } from '../../../src/relay/protocol/credit-limit.ts';
import { createCredit } from '../../../src/relay/protocol/credit.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;
/** A line of the relay with a frame of 16 KiB, and the messages that it takes. */
const LINE = { bytes: 16_384, characters: 21_860, messages: 22 };

describe('the rate that a run has learned', () => {
  it('is half of what a session carried when it was cut, for all sessions', () => {
    const learned = createLearnedRate(createVirtualClock());
    assert.equal(learned.messagesPerSecond(), Infinity);
    assert.equal(learned.cut(1000), true);
    assert.equal(learned.messagesPerSecond(), 500);
    assert.equal(learned.cut(1000), true, 'another session, cut by the same limit');
    assert.equal(learned.messagesPerSecond(), 500);
    assert.equal(learned.cut(480), true);
    assert.equal(learned.messagesPerSecond(), 240);
  });

  it('is not learned from a connection that was lost with little on it', () => {
    const learned = createLearnedRate(createVirtualClock());
    assert.equal(learned.cut(799), false);
    assert.equal(learned.messagesPerSecond(), Infinity);
    assert.equal(learned.cut(800), true);
    assert.equal(learned.cut(319), false);
    assert.equal(learned.messagesPerSecond(), 400);
  });

  it('becomes higher by a quarter after a minute, and after a further cut half as often', () => {
    const clock = createVirtualClock();
    const learned = createLearnedRate(clock);
    learned.cut(1000);
    clock.advance(MINUTE_MS - 1);
    assert.equal(learned.messagesPerSecond(), 500);
    clock.advance(1);
    assert.equal(learned.messagesPerSecond(), 625);
    clock.advance(MINUTE_MS);
    assert.equal(learned.messagesPerSecond(), 781.25);
    learned.cut(1000);
    clock.advance(2 * MINUTE_MS - 1);
    assert.equal(learned.messagesPerSecond(), 500);
    clock.advance(1);
    assert.equal(learned.messagesPerSecond(), 625);
  });
});

const UNLIMITED: CreditLimit = {
  bytes: () => Infinity,
  arrived: () => undefined,
  ponged: () => false,
};

/** A relay that sends as much as it may at once, through a line without delay. */
function startSending(cutAt?: number) {
  const clock = createVirtualClock();
  const learned = createLearnedRate(clock);
  if (cutAt !== undefined) learned.cut(cutAt);
  let granted = 0;
  const pace = createTunnelPace(clock, learned, () => credit.grant());
  const credit = createCredit((frame) => (granted += frame.readUInt32BE(8)), pace, UNLIMITED);
  granted += credit.initial;
  /** @returns how many lines have come */
  const send = (most: number): number => {
    let lines = 0;
    for (; lines < most && granted >= LINE.bytes + 64; lines++) {
      granted -= LINE.bytes + 64;
      pace.received(LINE.characters);
      credit.received(LINE.bytes);
    }
    return lines;
  };
  return { clock, learned, pace, credit, send, mayBeSent: () => granted };
}

describe('the pace of a tunnel', () => {
  it('holds nothing back before a session was cut', () => {
    const { send, credit } = startSending();
    assert.equal(credit.initial, 4 * MIB);
    assert.equal(send(10_000), 10_000);
  });

  it('grants as much as the rate permits, however fast it is used', () => {
    const { clock, send, credit } = startSending(1000);
    assert.ok(credit.initial < 40_000, 'little may come at once');
    const perSecond = Array.from({ length: 20 }, () => {
      let lines = 0;
      for (let passed = 0; passed < 1000; passed += 5) {
        lines += send(1000);
        clock.advance(5);
      }
      return lines * LINE.messages;
    });
    for (const messages of perSecond) assert.ok(messages <= 600, `${messages} messages a second`);
    const all = perSecond.reduce((sum, messages) => sum + messages, 0);
    assert.ok(all >= 20 * 475, `${all} messages in 20 seconds`);
  });

  it('grants nothing above the window of a lower rate, until that has come', () => {
    const { clock, learned, send, mayBeSent } = startSending();
    send(1);
    learned.cut(1000);
    while (mayBeSent() > LINE.bytes * 3) assert.equal(send(1), 1);
    send(1000);
    clock.advance(1000);
    assert.ok(mayBeSent() < 40_000, `${mayBeSent()} bytes may be sent`);
  });

  it('counts what came in the seconds before a connection was lost', () => {
    const { clock, pace, learned, send } = startSending();
    send(50);
    clock.advance(2000);
    assert.equal(pace.carried(), 1100);
    assert.equal(pace.disconnected(), true);
    assert.equal(learned.messagesPerSecond(), 550);
    clock.advance(1000);
    assert.equal(pace.carried(), 0);
    assert.equal(pace.disconnected(), false);
    clock.advance(100_000);
    assert.equal(pace.carried(), 0);
  });

  it('leaves no timer', () => {
    const { clock, pace, send } = startSending(1000);
    send(1000);
    pace.stop();
    clock.advance(1000);
    assert.equal(send(1000), 0);
  });
});
