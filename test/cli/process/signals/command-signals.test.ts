import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import {
  nextEnding,
  watchCommandSignals,
} from '../../../../src/cli/process/signals/command-signals.ts';
import type { SignalSource } from '../../../../src/cli/process/signals/process-signals.ts';
import { settle } from '../../../session/connection/scripted-sockets.ts';
import type { SessionSignal } from '../../../../src/session/session-type.ts';

function setUp(hangUpEnds = true) {
  const events = new EventEmitter();
  const source: SignalSource = {
    platform: 'linux',
    ppid: 1,
    on: (signal, listener) => events.on(signal, listener),
    off: (signal, listener) => events.off(signal, listener),
    kill: () => true,
  };
  const signals = watchCommandSignals(source, hangUpEnds);
  const own: SessionSignal[] = [];
  signals.own.onSignal((signal) => own.push(signal));
  return { events, signals, own };
}

describe('signals of a command', () => {
  it('are its own while it has no session, but for Ctrl-Z, which stops it', () => {
    const { events, own } = setUp();
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) events.emit(signal);
    assert.deepEqual(own, ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']);
    assert.equal(events.listenerCount('SIGTSTP'), 0);
  });

  it('go to every session as long as there is one', () => {
    const { events, own, signals } = setUp();
    const seen: string[] = [];
    const acquired = ['first', 'second'].map((name) => {
      const one = signals.acquire();
      one.signals.onSignal((signal) => seen.push(`${name} ${signal}`));
      return one;
    });
    events.emit('SIGTSTP');
    events.emit('SIGINT');
    assert.deepEqual(seen, ['first SIGTSTP', 'second SIGTSTP', 'first SIGINT', 'second SIGINT']);
    acquired[0]?.release();
    events.emit('SIGHUP');
    assert.deepEqual(seen.slice(4), ['second SIGHUP']);
    assert.deepEqual(own, []);
    acquired[1]?.release();
    events.emit('SIGTERM');
    assert.deepEqual(own, ['SIGTERM']);
    assert.equal(seen.length, 5);
  });

  it('are its own again as soon as no session listens any more', () => {
    const { events, own, signals } = setUp();
    const acquired = signals.acquire();
    const stop = acquired.signals.onSignal(() => undefined);
    stop();
    events.emit('SIGTERM');
    assert.deepEqual(own, ['SIGTERM']);
    assert.equal(events.listenerCount('SIGTSTP'), 0);
    assert.equal(signals.areAcquired, true);
    acquired.release();
    assert.equal(signals.areAcquired, false);
  });

  it('leave Ctrl-Z with the sessions as long as there is one', () => {
    const { events, signals } = setUp();
    const [first, second] = [signals.acquire(), signals.acquire()];
    first.release();
    assert.equal(events.listenerCount('SIGTSTP'), 1);
    second.release();
    assert.equal(events.listenerCount('SIGTSTP'), 0);
  });

  it('exclude SIGHUP where it does not end the command, but a session receives it', async () => {
    const { events, own, signals } = setUp(false);
    events.emit('SIGHUP');
    assert.deepEqual(own, []);
    const seen: SessionSignal[] = [];
    const acquired = signals.acquire();
    acquired.signals.onSignal((signal) => seen.push(signal));
    events.emit('SIGHUP');
    assert.deepEqual(seen, ['SIGHUP']);
    assert.equal(await Promise.race([signals.received, settle().then(() => 'nothing')]), 'nothing');
    acquired.release();
    events.emit('SIGTERM');
    assert.deepEqual(own, ['SIGTERM']);
    assert.equal(await signals.received, 'SIGTERM');
  });

  it('are released once', () => {
    const { signals } = setUp();
    const first = signals.acquire();
    first.release();
    first.release();
    signals.acquire();
    assert.equal(signals.areAcquired, true);
  });
});

describe('the next signal that ends a program', () => {
  it('is not that of Ctrl-Z', async () => {
    const { events, signals } = setUp();
    const ending = nextEnding(signals.acquire().signals);
    events.emit('SIGTSTP');
    events.emit('SIGTERM');
    assert.equal(await ending, 'SIGTERM');
  });

  it('is not SIGHUP where that ends nothing', async () => {
    const { events, signals } = setUp();
    const ending = nextEnding(signals.acquire().signals, false);
    events.emit('SIGHUP');
    events.emit('SIGINT');
    assert.equal(await ending, 'SIGINT');
  });
});
