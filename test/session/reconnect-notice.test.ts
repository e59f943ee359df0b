import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import {
  createReconnectNotice,
  reportReconnects,
  type ReconnectNotice,
} from '../../src/session/reconnect-notice.ts';
import type { SessionEvent } from '../../src/session/session-event.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

interface Setup {
  readonly clock: VirtualClock;
  readonly notice: ReconnectNotice;
  readonly said: () => string;
}

function setUp(onTerminal: boolean): Setup {
  const clock = createVirtualClock();
  const remarks = new PassThrough({ encoding: 'utf8' });
  let text = '';
  const notice = createReconnectNotice(
    { texts: undefined, remarks, remarksOnTerminal: onTerminal, failures: remarks },
    clock,
  );
  return {
    clock,
    notice,
    said: () => (text += (remarks.read() as string | null) ?? ''),
  };
}

describe('a lost connection that takes its time, on a terminal', () => {
  it('is one line that counts the seconds since the loss', () => {
    const { clock, notice, said } = setUp(true);
    const since = clock.monotonic();
    clock.advance(3_000);
    notice.lost('reset', since);
    assert.equal(said(), '\r\x1b[KConnection lost (reset), reconnecting... 3 s');
    clock.advance(2_000);
    assert.ok(said().endsWith('\r\x1b[KConnection lost (reset), reconnecting... 5 s'));
    assert.ok(!said().includes('\n'));
  });

  it('ends the line when the connection is back, and counts no further', () => {
    const { clock, notice, said } = setUp(true);
    notice.lost('reset', clock.monotonic());
    notice.back();
    assert.ok(said().endsWith(' 0 s\nReconnected.\n'));
    const before = said();
    clock.advance(60_000);
    assert.equal(said(), before);
  });

  it('ends the line when the session ends instead', () => {
    const { clock, notice, said } = setUp(true);
    notice.lost('reset', clock.monotonic());
    notice.stop();
    notice.stop();
    assert.ok(said().endsWith(' 0 s\n'));
    const before = said();
    clock.advance(60_000);
    assert.equal(said(), before);
  });
});

describe('a lost connection that takes its time, elsewhere', () => {
  it('is two plain lines, however long it takes', () => {
    const { clock, notice, said } = setUp(false);
    notice.lost('reset', clock.monotonic());
    clock.advance(60_000);
    notice.back();
    notice.stop();
    assert.equal(said(), 'Connection lost (reset), reconnecting...\nReconnected.\n');
  });
});

describe('a lost connection that somebody listens for', () => {
  it('is two events, and no word of its own', () => {
    const events: SessionEvent[] = [];
    const notice = reportReconnects((event) => events.push(event));
    notice.lost('reset', 42);
    notice.back();
    notice.stop();
    assert.deepEqual(events, [
      { kind: 'reconnecting', reason: 'reset', since: 42 },
      { kind: 'reconnected' },
    ]);
  });
});
