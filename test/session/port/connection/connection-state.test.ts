import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  acceptsTargetBytes,
  advanceConnection,
  isFinPending,
  isSendingEnded,
  NEW_CONNECTION,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from '../../../../src/session/port/connection/connection-state.ts';
import {
  ANSWER_TIMEOUT_MS,
  FIN_DELAY_MS,
  type FinDelay,
} from '../../../../src/session/port/connection/fin-delay.ts';

type HalfClosed = Extract<ConnectionState, { readonly kind: 'half-closed' }>;

const halfClosed = (fin: HalfClosed['fin'], finDelay: FinDelay = 'for-answer'): HalfClosed => ({
  kind: 'half-closed',
  fin,
  finDelay,
  queue: 'empty',
});

/** One of each state, by the name it has in the table below. */
const STATES = {
  open: NEW_CONNECTION,
  draining: halfClosed('draining'),
  unacknowledged: halfClosed('unacknowledged'),
  delayed: halfClosed('delayed'),
  sent: halfClosed('sent'),
  finishing: { kind: 'finishing' },
  lingering: { kind: 'lingering' },
  closed: { kind: 'closed' },
} satisfies Readonly<Record<string, ConnectionState>>;

type StateName = keyof typeof STATES;

/** The state after, `=` for the same state; then the effects. */
type Cells = Readonly<Record<ConnectionEvent, readonly [StateName | '=', ...string[]]>>;

const IGNORED = ['='] as const;
const ABORTED = ['closed', 'release', 'discard', 'destroy'] as const;
const CLOSED_WITH_FIN = ['closed', 'release', 'send-fin', 'report-closed'] as const;
const CLOSED = ['closed', 'release', 'report-closed'] as const;

const TABLE: Readonly<Record<StateName, Cells>> = {
  open: {
    'program-bytes': ['open'],
    'target-bytes': ['open'],
    'program-ended': ['draining', 'check-peer'],
    drained: IGNORED,
    acknowledged: IGNORED,
    timeout: IGNORED,
    queued: ['open'],
    'target-ended': ['finishing', 'end-program', 'send-fin'],
    delivered: IGNORED,
    'socket-closed': ['closed', 'release', 'discard', 'send-fin', 'report-closed'],
    abort: ABORTED,
  },
  draining: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: ['unacknowledged', 'await-acknowledgement'],
    acknowledged: IGNORED,
    timeout: IGNORED,
    queued: ['draining'],
    'target-ended': ['finishing', 'end-program', 'send-fin'],
    delivered: IGNORED,
    'socket-closed': CLOSED_WITH_FIN,
    abort: ABORTED,
  },
  unacknowledged: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: IGNORED,
    acknowledged: ['delayed', 'wait'],
    timeout: IGNORED,
    queued: ['unacknowledged'],
    'target-ended': ['finishing', 'end-program', 'send-fin'],
    delivered: IGNORED,
    'socket-closed': CLOSED_WITH_FIN,
    abort: ABORTED,
  },
  delayed: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: IGNORED,
    acknowledged: IGNORED,
    timeout: ['sent', 'send-fin', 'wait'],
    queued: ['delayed', 'wait'],
    'target-ended': ['finishing', 'end-program', 'send-fin'],
    delivered: IGNORED,
    'socket-closed': CLOSED_WITH_FIN,
    abort: ABORTED,
  },
  sent: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: IGNORED,
    acknowledged: IGNORED,
    timeout: ['finishing', 'end-program'],
    queued: ['sent'],
    'target-ended': ['finishing', 'end-program'],
    delivered: IGNORED,
    'socket-closed': CLOSED,
    abort: ABORTED,
  },
  finishing: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: IGNORED,
    acknowledged: IGNORED,
    timeout: IGNORED,
    queued: IGNORED,
    'target-ended': IGNORED,
    delivered: ['lingering', 'linger'],
    'socket-closed': CLOSED,
    abort: ABORTED,
  },
  lingering: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: IGNORED,
    acknowledged: IGNORED,
    timeout: ['=', 'destroy'],
    queued: IGNORED,
    'target-ended': IGNORED,
    delivered: IGNORED,
    'socket-closed': CLOSED,
    abort: ABORTED,
  },
  closed: {
    'program-bytes': IGNORED,
    'target-bytes': IGNORED,
    'program-ended': IGNORED,
    drained: IGNORED,
    acknowledged: IGNORED,
    timeout: IGNORED,
    queued: IGNORED,
    'target-ended': IGNORED,
    delivered: IGNORED,
    'socket-closed': IGNORED,
    abort: ['=', 'discard'],
  },
};

const EVENTS = Object.keys(TABLE.open) as readonly ConnectionEvent[];

const nameOf = (state: ConnectionState): StateName =>
  state.kind === 'half-closed' ? state.fin : state.kind;

/** Several events in a row. */
function after(...events: readonly ConnectionEvent[]): {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
} {
  let state = NEW_CONNECTION;
  const effects: ConnectionEffect[] = [];
  for (const event of events) {
    const step = advanceConnection(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** Milliseconds of each wait for the target. */
const waits = (effects: readonly ConnectionEffect[]): readonly number[] =>
  effects.flatMap((effect) => (effect.kind === 'wait' ? [effect.milliseconds] : []));

describe('the states of a local connection', () => {
  for (const [stateName, cells] of Object.entries(TABLE)) {
    for (const [event, [next, ...effects]] of Object.entries(cells)) {
      it(`${stateName}, ${event}: ${[next, ...effects].join(', ')}`, () => {
        const state = STATES[stateName as StateName];
        const step = advanceConnection(state, event as ConnectionEvent);
        if (next === '=') assert.equal(step.state, state);
        else assert.equal(nameOf(step.state), next);
        assert.deepEqual(
          step.effects.map(({ kind }) => kind),
          effects,
        );
      });
    }
  }

  for (const [events, finDelay, asksSystem] of [
    [[], 'unused', true],
    [['program-bytes'], 'for-answer', true],
    [['target-bytes', 'program-bytes'], 'for-answer', true],
    [['program-bytes', 'target-bytes'], 'answered', false],
  ] as const) {
    it(`after ${events.join(', ') || 'no bytes'} the end is delayed as ${finDelay}`, () => {
      const { state, effects } = after(...events, 'program-ended', 'drained', 'acknowledged');
      assert.deepEqual(state, { kind: 'half-closed', fin: 'delayed', finDelay, queue: 'empty' });
      assert.deepEqual(waits(effects), [FIN_DELAY_MS[finDelay]]);
      assert.equal(
        effects.some(({ kind }) => kind === 'check-peer'),
        asksSystem,
      );
    });
  }

  it('bytes of the target restart a delayed end: more may follow, as after a request', () => {
    for (const [finDelay, effects] of [
      ['unused', ['wait']],
      ['answered', ['check-peer', 'wait']],
    ] as const) {
      const step = advanceConnection(halfClosed('delayed', finDelay), 'target-bytes');
      assert.deepEqual(step.state, halfClosed('delayed'));
      assert.deepEqual(
        step.effects.map(({ kind }) => kind),
        effects,
      );
      assert.deepEqual(waits(step.effects), [ANSWER_TIMEOUT_MS]);
    }
  });

  it('a waiting program shortens the delay, before the end and during it, once', () => {
    const ended = ['program-ended', 'drained', 'acknowledged'] as const;
    assert.deepEqual(waits(after('queued', ...ended).effects), [FIN_DELAY_MS.answered]);
    const later = after(...ended, 'queued', 'queued', 'target-bytes');
    assert.deepEqual(waits(later.effects), [
      FIN_DELAY_MS.unused,
      FIN_DELAY_MS.answered,
      FIN_DELAY_MS.answered,
    ]);
  });

  it('bytes of the target are for the program until the target has ended', () => {
    const accepting = Object.entries(STATES).filter(([, state]) => acceptsTargetBytes(state));
    assert.deepEqual(
      accepting.map(([name]) => name),
      ['open', 'draining', 'unacknowledged', 'delayed', 'sent'],
    );
  });

  it('the target learns of the end in every state but an open one and those that delay it', () => {
    const named = (holds: (state: ConnectionState) => boolean): readonly string[] =>
      Object.entries(STATES).flatMap(([name, state]) => (holds(state) ? [name] : []));
    assert.deepEqual(named(isFinPending), ['draining', 'unacknowledged', 'delayed']);
    assert.deepEqual(named(isSendingEnded), ['sent', 'finishing', 'lingering', 'closed']);
  });

  it('whatever happens: one FIN for the target, unless the session aborts, and one release', () => {
    interface Run {
      readonly state: ConnectionState;
      readonly fins: number;
      readonly releases: number;
      readonly aborted: boolean;
    }
    const seen = new Set<string>();
    const open: Run[] = [{ state: NEW_CONNECTION, fins: 0, releases: 0, aborted: false }];
    for (const run of open) {
      const key = JSON.stringify(run);
      if (seen.has(key)) continue;
      seen.add(key);
      assert.ok(run.fins <= 1 && run.releases <= 1, key);
      assert.equal(run.releases === 1, run.state.kind === 'closed', key);
      if (!run.aborted) assert.equal(run.fins === 1, isSendingEnded(run.state), key);
      for (const event of EVENTS) {
        const { state, effects } = advanceConnection(run.state, event);
        const count = (kind: ConnectionEffect['kind']): number =>
          effects.filter((effect) => effect.kind === kind).length;
        open.push({
          state,
          fins: run.fins + count('send-fin'),
          releases: run.releases + count('release'),
          aborted: run.aborted || event === 'abort',
        });
      }
    }
    assert.ok(seen.size > 30, `${seen.size} states reached`);
  });
});
