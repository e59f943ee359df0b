import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  SHELL_INPUT_TRANSITIONS,
  type ShellInputEvent,
  type ShellInputState,
} from '../../../src/session/shell/shell-input-state.ts';

const EVENTS = [
  'started',
  'stdin-ended',
  'terminal-closed',
  'bytes-ended',
  'sent',
  'acknowledged',
  'closed',
] as const satisfies ShellInputEvent[];

type Cell = readonly [next: string, effect?: string];
const SAME: Cell = ['='];
const CLOSED: Cell = ['closed', 'release'];

/** The state after each event, in the order of EVENTS, and the effect; `=` changes nothing. */
const EXPECTED: Readonly<Record<ShellInputState, readonly Cell[]>> = {
  unstarted: [['open', 'read'], SAME, SAME, SAME, SAME, SAME, CLOSED],
  open: [SAME, ['draining', 'wake'], ['hung-up', 'hang-up'], ['ended', 'wake'], SAME, SAME, CLOSED],
  draining: [SAME, SAME, SAME, SAME, ['unacknowledged', 'await-acknowledgement'], SAME, CLOSED],
  unacknowledged: [SAME, SAME, SAME, SAME, SAME, ['ended', 'send-end'], CLOSED],
  ended: [SAME, SAME, SAME, SAME, SAME, SAME, CLOSED],
  'hung-up': [SAME, SAME, SAME, SAME, SAME, SAME, CLOSED],
  closed: [SAME, SAME, SAME, SAME, SAME, SAME, SAME],
};

describe('the input of a shell', () => {
  for (const state of Object.keys(EXPECTED) as ShellInputState[]) {
    for (const [i, event] of EVENTS.entries()) {
      const [next, effect] = EXPECTED[state][i] ?? [];
      it(`${state}, ${event}: ${[next, effect].join(' ')}`, () => {
        const transition = SHELL_INPUT_TRANSITIONS[state][event];
        assert.equal(transition?.next ?? '=', next);
        assert.equal(transition?.effect, effect);
      });
    }
  }
});
