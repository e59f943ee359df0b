import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createCommandWithoutInput,
  type CommandWithoutInput,
} from '../../../src/session/shell/command-without-input.ts';
import type { SessionLink } from '../../../src/session/session-type.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

interface SetUp {
  readonly clock: VirtualClock;
  readonly command: CommandWithoutInput;
  /** What the command has done, in order. */
  readonly done: string[];
}

function setUp({ isConnected = true } = {}): SetUp {
  const clock = createVirtualClock();
  const done: string[] = [];
  const link: Pick<SessionLink, 'connectedSince' | 'warn' | 'end'> = {
    connectedSince: isConnected ? 0 : undefined,
    warn: (text) => void done.push(text),
    end: (end) => void done.push(end.kind === 'leave' ? `leave ${end.exitCode}` : end.kind),
  };
  const command = createCommandWithoutInput(
    link,
    clock,
    () => void done.push('suspend'),
    (keys) => void done.push(JSON.stringify(keys.toString())),
  );
  return { clock, command, done };
}

describe('a command without input', () => {
  it('is interrupted by a signal, and left by the next', () => {
    const { command, done } = setUp();
    command.signal('SIGINT');
    command.signal('SIGINT');
    assert.deepEqual(done, ['"\\u0003"', 'leave 130']);
  });

  it('is left by the first signal while there is no connection', () => {
    const { command, done } = setUp({ isConnected: false });
    command.signal('SIGINT');
    assert.deepEqual(done, ['leave 130']);
  });

  it('shows how to leave it when it continues after that', () => {
    const { clock, command, done } = setUp();
    command.signal('SIGQUIT');
    clock.advance(999);
    assert.deepEqual(done, ['"\\u001c"']);
    clock.advance(1);
    assert.match(done[1] ?? '', /Press Ctrl-C again/);
    command.stop();
    assert.equal(clock.pending, 0);
  });

  it('shows nothing when it has ended by then', () => {
    const { clock, command, done } = setUp();
    command.signal('SIGINT');
    command.stop();
    clock.advance(10_000);
    assert.deepEqual(done, ['"\\u0003"']);
  });

  it('has the status of the signal when the agent has lost its own', () => {
    const { command } = setUp();
    assert.deepEqual(
      [1, -1, 5, undefined].map((status) => command.statusOf(status)),
      [1, -1, 5, undefined],
    );
    command.signal('SIGQUIT');
    assert.deepEqual(
      [1, -1, 5, 0, undefined].map((status) => command.statusOf(status)),
      [131, 131, 5, 0, undefined],
    );
  });

  it('stops the program for Ctrl-Z, and leaves for what ends it from outside', () => {
    const { command, done } = setUp();
    command.signal('SIGTSTP');
    command.signal('SIGTERM');
    assert.deepEqual(done, ['suspend', 'leave 143']);
  });
});
