import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { nextEnding, takeSignals } from '../../src/cli/command-signals.ts';
import type { SignalSource } from '../../src/cli/signals.ts';
import type { SessionSignal } from '../../src/session/session-type.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const PARENT = 100;
const NEW_PARENT = 1;

function setUp() {
  const events = new EventEmitter();
  const parent = { ppid: PARENT };
  const source: SignalSource = {
    platform: 'linux',
    get ppid() {
      return parent.ppid;
    },
    on: (signal, listener) => events.on(signal, listener),
    off: (signal, listener) => events.off(signal, listener),
    kill: () => true,
  };
  const clock = createVirtualClock();
  const signals = takeSignals(source, clock);
  const own: SessionSignal[] = [];
  signals.own.onSignal((signal) => own.push(signal));
  return { events, parent, clock, signals, own };
}

describe('signals of a command', () => {
  it('are its own while it has no session, but for Ctrl-Z, which stops it', () => {
    const { events, own, clock } = setUp();
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) events.emit(signal);
    assert.deepEqual(own, ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']);
    assert.equal(events.listenerCount('SIGTSTP'), 0);
    assert.equal(clock.pending, 0, 'somebody watches the parent process');
  });

  it('are every session’s as long as there is one', () => {
    const { events, own, signals } = setUp();
    const seen: string[] = [];
    const lent = ['first', 'second'].map((name) => {
      const one = signals.lend();
      one.signals.onSignal((signal) => seen.push(`${name} ${signal}`));
      return one;
    });
    events.emit('SIGTSTP');
    events.emit('SIGINT');
    assert.deepEqual(seen, ['first SIGTSTP', 'second SIGTSTP', 'first SIGINT', 'second SIGINT']);
    lent[0]?.giveBack();
    events.emit('SIGHUP');
    assert.deepEqual(seen.slice(4), ['second SIGHUP']);
    assert.deepEqual(own, []);
    lent[1]?.giveBack();
    events.emit('SIGTERM');
    assert.deepEqual(own, ['SIGTERM']);
    assert.equal(seen.length, 5);
  });

  it('tell a session of a caller that has died before it began', async () => {
    const { parent, clock, signals } = setUp();
    parent.ppid = NEW_PARENT;
    const ending = nextEnding(signals.lend().signals);
    clock.advance(1_000);
    assert.equal(await ending, 'parent-gone');
  });
});

describe('the next signal that ends a program', () => {
  it('is not that of Ctrl-Z', async () => {
    const { events, signals } = setUp();
    const ending = nextEnding(signals.lend().signals);
    events.emit('SIGTSTP');
    events.emit('SIGTERM');
    assert.equal(await ending, 'SIGTERM');
  });
});
