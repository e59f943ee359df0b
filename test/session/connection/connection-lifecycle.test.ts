import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CONNECTION_LIFECYCLE,
  type ConnectionEvent,
  type ConnectionState,
} from '../../../src/session/connection/connection-lifecycle.ts';

const EVENTS = ['opened', 'received', 'lost', 'closed'] as const satisfies ConnectionEvent[];

/** The state after each event, in the order of EVENTS, and the effects; `=` changes nothing. */
const EXPECTED: Readonly<Record<ConnectionState, readonly (readonly [string, ...string[]])[]>> = {
  opening: [['unproven'], ['='], ['='], ['closed', 'release']],
  unproven: [['='], ['open'], ['resuming', 'begin-loss', 'resume'], ['closed', 'release']],
  open: [['='], ['='], ['resuming', 'begin-loss', 'resume'], ['closed', 'release']],
  resuming: [['reopened'], ['='], ['='], ['closed', 'release']],
  reopened: [
    ['='],
    ['open', 'end-loss'],
    ['resuming', 'resume-after-pause'],
    ['closed', 'release'],
  ],
  closed: [['='], ['='], ['='], ['=']],
};

describe('the life cycle of a connection', () => {
  for (const state of Object.keys(EXPECTED) as ConnectionState[]) {
    for (const [i, event] of EVENTS.entries()) {
      const [next = '', ...effects] = EXPECTED[state][i] ?? [];
      it(`${state}, ${event}: ${[next, ...effects].join(', ')}`, () => {
        const transition = CONNECTION_LIFECYCLE[state][event];
        assert.equal(transition?.next ?? '=', next);
        assert.deepEqual(transition?.effects ?? [], effects);
      });
    }
  }
});
