import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  countSessions,
  PORT_SESSION_TRANSITIONS,
  type PortSessionEvent,
  type PortSessionState,
} from '../../../../src/commands/forward/sessions/session-states.ts';

const EVENTS: readonly PortSessionEvent[] = ['joined', 'lost', 'resumed', 'left', 'exited'];

/** The state after each event, in their order. */
const ROWS: Readonly<Record<PortSessionState, readonly PortSessionState[]>> = {
  starting: ['up', 'starting', 'starting', 'ended', 'ended'],
  up: ['up', 'lost', 'up', 'ended', 'ended'],
  lost: ['lost', 'lost', 'up', 'ended', 'ended'],
  ended: ['ended', 'ended', 'ended', 'ended', 'ended'],
};

describe('the states of a session of a port', () => {
  for (const [state, row] of Object.entries(ROWS) as [PortSessionState, PortSessionState[]][]) {
    it(`${state}: ${EVENTS.map((event, i) => `${event} ${row[i]}`).join(', ')}`, () => {
      assert.deepEqual(
        EVENTS.map((event) => PORT_SESSION_TRANSITIONS[state][event]),
        row,
      );
    });
  }

  it('are counted', () => {
    assert.deepEqual(countSessions(['up', 'lost', 'starting', 'up', 'ended']), {
      up: 2,
      starting: 1,
      of: 5,
    });
  });
});
