import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import type { HandshakeOutcome } from '../../src/session/handshake/answer-handshake.ts';
import type { End } from '../../src/session/ending.ts';
import {
  advance,
  type LifecycleEvent,
  type LifecycleState,
  type Step,
} from '../../src/session/lifecycle.ts';
import type { PayloadCipher } from '../../src/session/handshake/payload-cipher.ts';
import type { RequestedKind } from '../../src/session/handshake/requested-kind.ts';
import { handshake, sessionType } from './support/handshake-payloads.ts';
import { testFailure } from '../support/test-failure.ts';

const ANYTHING: RequestedKind = { kind: 'unknown' };
const VERSION = '3.3.0.0';
const SHELL = { agentVersion: VERSION, session: { kind: 'shell' } } as const;
const LEAVE: End = { kind: 'leave', text: '', exitCode: 0 };
const OUTPUT = { kind: 'payload', payloadType: 1, payload: Buffer.from('$ ') } as const;

const CIPHER: PayloadCipher = { encrypt: (bytes) => bytes, decrypt: (bytes) => bytes };
const REQUEST = Buffer.from(JSON.stringify(handshake(sessionType('Standard_Stream'))));
const ANSWERED: HandshakeOutcome = {
  results: [],
  session: { kind: 'shell' },
  cipher: undefined,
  failure: undefined,
};
const request = (): Extract<LifecycleState, { kind: 'answering' }>['request'] => {
  const { state } = advance(
    { kind: 'opening' },
    { kind: 'handshake-request', payload: REQUEST },
    ANYTHING,
  );
  assert.ok(state.kind === 'answering');
  return state.request;
};

/** One of each state, by the name it has in the table below. */
const STATES: Readonly<Record<string, LifecycleState>> = {
  opening: { kind: 'opening' },
  answering: { kind: 'answering', request: request() },
  handshake: { kind: 'handshake', ...SHELL, challenge: 'done' },
  'handshake, encrypted': { kind: 'handshake', ...SHELL, challenge: 'expected' },
  running: { kind: 'running', ...SHELL },
  'ending before it began': { kind: 'ending', by: LEAVE, agentVersion: '', begun: undefined },
  ending: { kind: 'ending', by: LEAVE, agentVersion: VERSION, begun: SHELL },
  ended: { kind: 'ended' },
};

/** One of each event. */
const EVENTS: Readonly<Record<LifecycleEvent['kind'] | 'fatal-error', LifecycleEvent>> = {
  'handshake-request': { kind: 'handshake-request', payload: REQUEST },
  'actions-processed': { kind: 'actions-processed', outcome: ANSWERED },
  challenge: { kind: 'challenge', payload: Buffer.from('{}') },
  'handshake-complete': { kind: 'handshake-complete', payload: Buffer.from('{}') },
  payload: OUTPUT,
  'no-handshake': { kind: 'no-handshake' },
  end: { kind: 'end', end: { kind: 'lost', failure: testFailure('session', 'cut') } },
  'fatal-error': { kind: 'end', end: { kind: 'fatal-error' } },
  closed: { kind: 'closed' },
};

/** The state after, and the effects: `=` for the same state, an empty list for no effect. */
type Cells = Readonly<Record<keyof typeof EVENTS, readonly [string, ...string[]]>>;

const IGNORED = ['='] as const;
const DROPPED = ['=', 'drop'] as const;
const WINDS_DOWN = ['ending', 'wind-down'] as const;

const TABLE: Readonly<Record<keyof typeof STATES, Cells>> = {
  opening: {
    'handshake-request': ['answering', 'process-actions'],
    'actions-processed': IGNORED,
    challenge: DROPPED,
    'handshake-complete': DROPPED,
    payload: ['running', 'begin', 'deliver'],
    'no-handshake': ['running', 'begin'],
    end: WINDS_DOWN,
    'fatal-error': WINDS_DOWN,
    closed: IGNORED,
  },
  answering: {
    'handshake-request': IGNORED,
    'actions-processed': ['handshake', 'send-response'],
    challenge: DROPPED,
    'handshake-complete': DROPPED,
    payload: DROPPED,
    'no-handshake': IGNORED,
    end: WINDS_DOWN,
    'fatal-error': WINDS_DOWN,
    closed: IGNORED,
  },
  handshake: {
    'handshake-request': IGNORED,
    'actions-processed': IGNORED,
    challenge: DROPPED,
    'handshake-complete': ['running', 'begin'],
    payload: DROPPED,
    'no-handshake': IGNORED,
    end: WINDS_DOWN,
    'fatal-error': WINDS_DOWN,
    closed: IGNORED,
  },
  'handshake, encrypted': {
    'handshake-request': IGNORED,
    'actions-processed': IGNORED,
    challenge: ['handshake', 'answer-challenge'],
    'handshake-complete': ['running', 'begin'],
    payload: DROPPED,
    'no-handshake': IGNORED,
    end: WINDS_DOWN,
    'fatal-error': WINDS_DOWN,
    closed: IGNORED,
  },
  running: {
    'handshake-request': IGNORED,
    'actions-processed': IGNORED,
    challenge: DROPPED,
    'handshake-complete': DROPPED,
    payload: ['=', 'deliver'],
    'no-handshake': IGNORED,
    end: WINDS_DOWN,
    'fatal-error': WINDS_DOWN,
    closed: IGNORED,
  },
  'ending before it began': {
    'handshake-request': IGNORED,
    'actions-processed': IGNORED,
    challenge: DROPPED,
    'handshake-complete': DROPPED,
    payload: DROPPED,
    'no-handshake': IGNORED,
    end: IGNORED,
    'fatal-error': WINDS_DOWN,
    closed: ['ended'],
  },
  ending: {
    'handshake-request': IGNORED,
    'actions-processed': IGNORED,
    challenge: DROPPED,
    'handshake-complete': DROPPED,
    payload: ['=', 'deliver'],
    'no-handshake': IGNORED,
    end: IGNORED,
    'fatal-error': WINDS_DOWN,
    closed: ['ended'],
  },
  ended: {
    'handshake-request': IGNORED,
    'actions-processed': IGNORED,
    challenge: DROPPED,
    'handshake-complete': DROPPED,
    payload: DROPPED,
    'no-handshake': IGNORED,
    end: IGNORED,
    'fatal-error': IGNORED,
    closed: IGNORED,
  },
};

const effectsOf = ({ effects }: Step): readonly string[] => effects.map(({ kind }) => kind);

/** The changes of state in the document's diagram, without its start and end. */
function documentedEdges(): readonly string[] {
  const file = join(import.meta.dirname, '..', '..', 'ARCHITECTURE.md');
  const [, diagram = ''] = /^stateDiagram-v2\n([^`]+)/m.exec(readFileSync(file, 'utf8')) ?? [];
  const lines = diagram.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.includes(': ')).sort();
}

/** Several events in a row. */
function after(...events: readonly LifecycleEvent[]): LifecycleState {
  return events.reduce<LifecycleState>(
    (state, event) => advance(state, event, ANYTHING).state,
    STATES['opening'] ?? { kind: 'opening' },
  );
}

describe('the life cycle of a session', () => {
  for (const [stateName, cells] of Object.entries(TABLE)) {
    for (const [eventName, [next, ...effects]] of Object.entries(cells)) {
      it(`${stateName}, ${eventName}: ${[next, ...effects].join(', ')}`, () => {
        const state = STATES[stateName];
        const event = EVENTS[eventName as keyof typeof EVENTS];
        assert.ok(state);
        const step = advance(state, event, ANYTHING);
        if (next === '=') assert.equal(step.state, state);
        else assert.equal(step.state.kind, next);
        assert.deepEqual(effectsOf(step), effects);
      });
    }
  }

  it('is the diagram of ARCHITECTURE.md', () => {
    const edges = Object.entries(TABLE).flatMap(([name, cells]) =>
      Object.entries(cells).flatMap(([event, [next]]) => {
        const from = STATES[name]?.kind ?? '';
        return next === '=' || next === from
          ? []
          : [`${from} --> ${next}: ${EVENTS[event as keyof typeof EVENTS].kind}`];
      }),
    );
    assert.deepEqual(documentedEdges(), [...new Set(edges)].sort());
  });

  it('only one challenge of an encrypted handshake is answered', () => {
    const outcome = { ...ANSWERED, cipher: CIPHER };
    const state = after(EVENTS['handshake-request'], { kind: 'actions-processed', outcome });
    const first = advance(state, EVENTS.challenge, ANYTHING);
    assert.deepEqual(effectsOf(first), ['answer-challenge']);
    assert.deepEqual(effectsOf(advance(first.state, EVENTS.challenge, ANYTHING)), ['drop']);
  });

  it('a failed action is answered, and ends the session', () => {
    const outcome = { ...ANSWERED, failure: testFailure('session', 'access denied') };
    const { effects } = advance(
      after(EVENTS['handshake-request']),
      { kind: 'actions-processed', outcome },
      ANYTHING,
    );
    assert.deepEqual(effects.at(-1), {
      kind: 'end',
      end: { kind: 'cannot-start', failure: testFailure('session', 'access denied') },
    });
  });

  it('another kind than was asked for never begins, with a handshake or without', () => {
    for (const [state, event] of [
      [STATES['handshake'], EVENTS['handshake-complete']],
      [STATES['opening'], OUTPUT],
      [STATES['opening'], EVENTS['no-handshake']],
    ] as const) {
      assert.ok(state);
      const step = advance(state, event, { kind: 'stdio' });
      assert.equal(step.state, state);
      const [effect, ...others] = step.effects;
      assert.deepEqual(others, []);
      assert.ok(effect?.kind === 'end' && effect.end.kind === 'cannot-start');
      assert.match(effect.end.failure.problem, /The agent offers a shell/);
    }
  });

  it('a malformed payload changes nothing and is reported', () => {
    const payload = Buffer.from('no JSON');
    for (const [state, kind] of [
      [STATES['opening'], 'handshake-request'],
      [STATES['handshake'], 'handshake-complete'],
    ] as const) {
      assert.ok(state);
      assert.throws(() => advance(state, { kind, payload }, ANYTHING), ProtocolError);
    }
  });

  it('an end keeps what had begun and the version of the agent', () => {
    const begun = after(
      EVENTS['handshake-request'],
      EVENTS['actions-processed'],
      EVENTS['handshake-complete'],
      EVENTS.end,
    );
    assert.ok(begun.kind === 'ending');
    assert.deepEqual(begun.begun?.session, { kind: 'shell' });
    assert.equal(begun.agentVersion, begun.begun.agentVersion);
    const early = after(EVENTS['handshake-request'], EVENTS.end);
    assert.ok(early.kind === 'ending');
    assert.equal(early.begun, undefined);
    assert.equal(early.agentVersion, request().agentVersion);
  });
});
