import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';

describe("the agent's messages on their way to the client", () => {
  let clock: VirtualClock;
  let sent: string[];
  let outgoing: Outgoing;

  beforeEach(() => {
    clock = createVirtualClock();
    sent = [];
    outgoing = createOutgoing(
      (frame) => sent.push(frame.toString()),
      () => clock.monotonic(),
    );
  });

  it('wait until the client is connected', () => {
    outgoing.add(Buffer.from('a'));
    outgoing.add(Buffer.from('b'));
    assert.deepEqual(sent, []);
    outgoing.resume();
    outgoing.add(Buffer.from('c'));
    assert.deepEqual(sent, ['a', 'b', 'c']);
    assert.equal(outgoing.nextNumber, 3);
  });

  it('are sent again when they are overdue: the oldest, and no other', () => {
    outgoing.resume();
    outgoing.add(Buffer.from('a'));
    outgoing.add(Buffer.from('b'));
    clock.advance(200);
    assert.equal(outgoing.resendHead(), 'nothing');
    clock.advance(1);
    assert.equal(outgoing.resendHead(), 'resent');
    assert.equal(outgoing.resendHead(), 'nothing');
    assert.deepEqual(sent, ['a', 'b', 'a']);
    assert.ok(outgoing.acknowledge(0));
    assert.equal(outgoing.resendHead(), 'resent');
    assert.deepEqual(sent, ['a', 'b', 'a', 'b']);
  });

  it('are not sent again while the client is away', () => {
    outgoing.resume();
    outgoing.add(Buffer.from('a'));
    outgoing.pause();
    clock.advance(10_000);
    assert.equal(outgoing.resendHead(), 'nothing');
    outgoing.resume();
    assert.equal(outgoing.resendHead(), 'resent');
  });

  // `SendStreamDataMessage` of the agent's datachannel.go: only the scheduler looks at what it has kept.
  it('come one by one when they were added while the client was away', () => {
    outgoing.resume();
    outgoing.pause();
    outgoing.add(Buffer.from('a'));
    outgoing.add(Buffer.from('b'));
    outgoing.resume();
    assert.deepEqual(sent, []);
    clock.advance(201);
    assert.equal(outgoing.resendHead(), 'resent');
    assert.equal(outgoing.resendHead(), 'nothing');
    assert.deepEqual(sent, ['a']);
  });

  // `AddDataToOutgoingMessageBuffer` of the agent's datachannel.go.
  it('are sent once and never again where there is no room to keep them', () => {
    outgoing = createOutgoing(
      (frame) => sent.push(frame.toString()),
      () => clock.monotonic(),
      1,
    );
    outgoing.resume();
    outgoing.add(Buffer.from('a'));
    outgoing.add(Buffer.from('b'));
    assert.ok(outgoing.acknowledge(0));
    assert.equal(outgoing.size, 0);
    clock.advance(1001);
    assert.equal(outgoing.resendHead(), 'nothing');
    assert.deepEqual(sent, ['a', 'b']);
  });

  // `calculateRetransmissionTimeout` of the agent's datachannel.go.
  it('are overdue sooner on a fast path, and later after a slow message', () => {
    outgoing.resume();
    for (let i = 0; i < 100; i++) {
      outgoing.add(Buffer.from('fast'));
      clock.advance(2);
      outgoing.acknowledge(i);
    }
    outgoing.add(Buffer.from('late'));
    clock.advance(50);
    assert.equal(outgoing.resendHead(), 'resent');
    clock.advance(5000);
    outgoing.acknowledge(100);
    outgoing.add(Buffer.from('next'));
    clock.advance(50);
    assert.equal(outgoing.resendHead(), 'nothing');
  });

  it('are done with once they are acknowledged, in any order, each once', () => {
    outgoing.resume();
    for (const text of ['a', 'b', 'c']) outgoing.add(Buffer.from(text));
    assert.ok(outgoing.acknowledge(2));
    assert.ok(outgoing.acknowledge(0));
    assert.ok(!outgoing.acknowledge(0));
    assert.ok(!outgoing.acknowledge(7));
    assert.equal(outgoing.size, 1);
    clock.advance(300);
    outgoing.resendHead();
    assert.equal(sent.at(-1), 'b');
  });

  it('are given up after 3000 resends', () => {
    outgoing.resume();
    outgoing.add(Buffer.from('a'));
    for (let i = 0; i < 3000; i++) {
      clock.advance(1001);
      assert.equal(outgoing.resendHead(), 'resent');
    }
    clock.advance(1001);
    assert.equal(outgoing.resendHead(), 'given-up');
  });
});
