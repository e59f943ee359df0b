import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import {
  bufferSignals,
  type SignalSource,
} from '../../../../src/cli/process/signals/process-signals.ts';
import type { SessionSignal } from '../../../../src/session/session-type.ts';
import { settle } from '../../../session/connection/scripted-sockets.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const PARENT = 100;
const NEW_PARENT = 1;
/** Longer than the parent is left unwatched. */
const WHILE_MS = 1000;

interface FakeProcess extends SignalSource {
  ppid: number;
  /** Whether the parent's number still belongs to a process. */
  parentExists: boolean;
  parentHasMoreRights: boolean;
  readonly events: EventEmitter;
}

function fakeProcess(platform: NodeJS.Platform): FakeProcess {
  const events = new EventEmitter();
  const source: FakeProcess = {
    platform,
    ppid: PARENT,
    parentExists: true,
    parentHasMoreRights: false,
    events,
    on: (signal, listener) => events.on(signal, listener),
    off: (signal, listener) => events.off(signal, listener),
    kill(pid) {
      assert.equal(pid, PARENT);
      if (!source.parentExists) throw systemError('ESRCH');
      if (source.parentHasMoreRights) throw systemError('EPERM');
      return true;
    },
  };
  return source;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`kill ${code}`), { code });
}

function watch(platform: NodeJS.Platform, isSessionLeader = false) {
  const source = fakeProcess(platform);
  const clock = createVirtualClock();
  const seen: SessionSignal[] = [];
  const stop = bufferSignals(source, clock, () => Promise.resolve(isSessionLeader)).onSignal(
    (signal) => seen.push(signal),
  );
  return { source, clock, seen, stop };
}

describe('signals', () => {
  it('are all reported on POSIX systems', () => {
    const { source, seen } = watch('linux');
    const signals = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;
    for (const signal of signals) source.events.emit(signal);
    assert.deepEqual(seen, signals);
  });

  it('on Windows are Ctrl-C, Ctrl-Break and the closing of the window', () => {
    const { source, seen } = watch('win32');
    for (const signal of ['SIGINT', 'SIGBREAK', 'SIGHUP']) source.events.emit(signal);
    assert.deepEqual(seen, ['SIGINT', 'SIGINT', 'SIGHUP']);
  });

  it('have no listener after the watch has stopped', () => {
    const { source, clock, stop } = watch('linux');
    stop();
    assert.deepEqual(source.events.eventNames(), []);
    assert.equal(clock.pending, 0);
  });
});

describe('the death of the caller', () => {
  it('is noticed by a new parent', async () => {
    const { source, clock, seen } = watch('linux');
    clock.advance(WHILE_MS);
    assert.deepEqual(seen, []);
    source.ppid = NEW_PARENT;
    clock.advance(WHILE_MS);
    await settle();
    assert.deepEqual(seen, ['parent-exited']);
  });

  it('is nothing to a program that leads a process session of its own', async () => {
    const { source, clock, seen } = watch('linux', true);
    source.ppid = NEW_PARENT;
    clock.advance(10 * WHILE_MS);
    await settle();
    assert.deepEqual(seen, []);
    source.events.emit('SIGTERM');
    assert.deepEqual(seen, ['SIGTERM']);
  });

  it('is noticed on Windows, where the parent’s number stays', async () => {
    const { source, clock, seen } = watch('win32');
    clock.advance(WHILE_MS);
    assert.deepEqual(seen, []);
    source.parentExists = false;
    clock.advance(WHILE_MS);
    await settle();
    assert.deepEqual(seen, ['parent-exited']);
  });

  it('is not assumed of a parent on Windows that may not be signalled', async () => {
    const { source, clock, seen } = watch('win32');
    source.parentHasMoreRights = true;
    clock.advance(WHILE_MS);
    await settle();
    assert.deepEqual(seen, []);
  });

  it('is reported once', async () => {
    const { source, clock, seen } = watch('linux');
    source.ppid = NEW_PARENT;
    clock.advance(10 * WHILE_MS);
    await settle();
    assert.deepEqual(seen, ['parent-exited']);
  });
});

describe('signals before the session is there', () => {
  const bufferSource = () => {
    const source = fakeProcess('linux');
    const clock = createVirtualClock();
    return { source, clock, signals: bufferSignals(source, clock, () => Promise.resolve(false)) };
  };

  it('wait for it', async () => {
    const { source, signals } = bufferSource();
    source.events.emit('SIGTERM');
    source.events.emit('SIGINT');
    const seen: SessionSignal[] = [];
    signals.onSignal((signal) => seen.push(signal));
    assert.deepEqual(seen, [], 'told before the handler’s owner was complete');
    await Promise.resolve();
    assert.deepEqual(seen, ['SIGTERM', 'SIGINT']);
  });

  it('are reported once, and later ones directly', async () => {
    const { source, signals } = bufferSource();
    source.events.emit('SIGTERM');
    const seen: SessionSignal[] = [];
    signals.onSignal((signal) => seen.push(signal));
    await Promise.resolve();
    source.events.emit('SIGHUP');
    assert.deepEqual(seen, ['SIGTERM', 'SIGHUP']);
  });

  it('wait again for the next that asks', async () => {
    const { source, signals } = bufferSource();
    signals.onSignal(() => assert.fail('asked earlier'));
    await Promise.resolve();
    signals.buffer();
    source.events.emit('SIGTERM');
    const seen: SessionSignal[] = [];
    signals.onSignal((signal) => seen.push(signal));
    await Promise.resolve();
    assert.deepEqual(seen, ['SIGTERM']);
  });

  it('end with the session', () => {
    const { source, clock, signals } = bufferSource();
    signals.onSignal(() => undefined)();
    assert.deepEqual(source.events.eventNames(), []);
    assert.equal(clock.pending, 0);
  });
});
