import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { portPhase, type PortPhase } from '../../../../src/commands/forward/sessions/port-phase.ts';
import {
  countSessions,
  stateAfter,
  type PortSessionEvent,
  type PortSessionState,
} from '../../../../src/commands/forward/sessions/session-states.ts';

const EVENTS: readonly PortSessionEvent[] = [
  ...(['wanted', 'started', 'throttled', 'joined', 'lost'] as const),
  ...(['resumed', 'left', 'pause-over'] as const),
  ...(['replace', 'rest', 'pause', 'close'] as const),
];

/** What each event changes. */
const ROWS: Readonly<Record<PortSessionState, readonly string[]>> = {
  idle: ['wanted queued', 'pause pausing', 'close closed'],
  queued: ['started starting', 'rest idle', 'close closed'],
  starting: [
    ...['throttled held', 'joined up', 'left leaving'],
    ...['replace queued', 'rest idle', 'pause pausing', 'close closed'],
  ],
  held: [
    ...['started starting', 'left leaving'],
    ...['replace queued', 'rest idle', 'pause pausing', 'close closed'],
  ],
  up: [
    ...['lost lost', 'left leaving'],
    ...['replace queued', 'rest idle', 'pause pausing', 'close closed'],
  ],
  lost: [
    ...['resumed up', 'left leaving'],
    ...['replace queued', 'rest idle', 'pause pausing', 'close closed'],
  ],
  leaving: ['replace queued', 'rest idle', 'pause pausing', 'close closed'],
  pausing: ['pause-over queued', 'rest idle', 'close closed'],
  closed: [],
};

describe('the states of a session of a port', () => {
  for (const [state, row] of Object.entries(ROWS) as [PortSessionState, readonly string[]][]) {
    it(`${state}: ${row.join(', ')}`, () => {
      const changes = EVENTS.map((event) => [event, stateAfter(state, event)] as const);
      assert.deepEqual(
        changes.filter(([, after]) => after !== state).map((change) => change.join(' ')),
        row,
      );
    });
  }

  it('are counted', () => {
    assert.deepEqual(countSessions(['up', 'lost', 'starting', 'up', 'closed', 'queued', 'idle']), {
      up: 2,
      starting: 2,
      of: 7,
    });
  });

  const PHASES: readonly (readonly [readonly PortSessionState[], PortPhase | undefined])[] = [
    [['leaving', 'up', 'lost'], 'serving'],
    [['lost', 'starting'], 'cut-off'],
    [['pausing', 'queued', 'leaving'], 'starting'],
    [['idle', 'pausing'], 'pausing'],
    [['idle', 'held'], 'pausing'],
    [['held', 'starting'], 'starting'],
    [['idle', 'closed'], 'idle'],
    [['closed', 'closed'], 'closed'],
    [['leaving', 'idle'], undefined],
  ];
  for (const [states, phase] of PHASES) {
    it(`make the port ${phase ?? 'keep its phase'}: ${states.join(', ')}`, () => {
      assert.equal(portPhase(states), phase);
    });
  }
});
