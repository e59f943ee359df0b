import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  GATHERING_TRANSITIONS,
  type GatheringEvent,
  type GatheringState,
} from '../../src/channel/receiving/gathering-state.ts';
import {
  RECEIVING_TRANSITIONS,
  type ReceivingEvent,
  type ReceivingState,
} from '../../src/channel/receiving/receiving-state.ts';
import {
  TRANSMISSION_TRANSITIONS,
  type TransmissionEvent,
  type TransmissionState,
} from '../../src/channel/transmission-state.ts';

const TRANSMISSION_EVENTS: readonly TransmissionEvent[] = [
  'attach',
  'detach',
  'pause',
  'resume',
  'resume-early',
  'delay-elapsed',
  'close',
];
const RECEIVING_EVENTS: readonly ReceivingEvent[] = [
  'consumer-paused',
  'consumer-ready',
  'socket-paused',
  'socket-ready',
];

const GATHERING_EVENTS: readonly GatheringEvent[] = [
  'bulk-arrived',
  'other-arrived',
  'release',
  'close',
];

/** The cells of a table that change something, as `event: next state and effect`. */
const TRANSMISSION_CELLS: Readonly<Record<TransmissionState, readonly string[]>> = {
  detached: ['attach: sending resend-all', 'close: closed'],
  sending: ['attach: sending resend-all', 'detach: detached', 'pause: paused', 'close: closed'],
  paused: [
    'attach: sending resend-all',
    'detach: detached',
    'resume: sending resend-all',
    'resume-early: resuming start-delay',
    'close: closed',
  ],
  resuming: [
    'attach: sending resend-all',
    'detach: detached',
    'pause: paused',
    'delay-elapsed: sending resend-all',
    'close: closed',
  ],
  closed: [],
};

const RECEIVING_CELLS: Readonly<Record<ReceivingState, readonly string[]>> = {
  receiving: ['consumer-paused: paused-by-consumer', 'socket-paused: paused-by-socket'],
  'paused-by-consumer': ['consumer-ready: receiving', 'socket-paused: paused-by-both'],
  'paused-by-socket': ['consumer-paused: paused-by-both', 'socket-ready: receiving'],
  'paused-by-both': ['consumer-ready: paused-by-socket', 'socket-ready: paused-by-consumer'],
};

const GATHERING_CELLS: Readonly<Record<GatheringState, readonly string[]>> = {
  passing: [
    'bulk-arrived: holding hold start-timer',
    'other-arrived: passing process',
    'close: closed',
  ],
  holding: [
    'bulk-arrived: holding hold',
    'other-arrived: passing process-held process',
    'release: passing process-held',
    'close: closed discard-held',
  ],
  closed: [],
};

describe('the states of a sender', () => {
  for (const [state, transitions] of Object.entries(TRANSMISSION_TRANSITIONS)) {
    it(`${state}: every event has the expected next state and effect`, () => {
      const cells = TRANSMISSION_EVENTS.flatMap((event) => {
        const transition = transitions[event];
        if (transition === undefined) return [];
        const { next, effect } = transition;
        return `${event}: ${effect === undefined ? next : `${next} ${effect}`}`;
      });
      assert.deepEqual(cells, TRANSMISSION_CELLS[state as TransmissionState]);
    });
  }

  it('sending begins only with everything unacknowledged sent again', () => {
    for (const transitions of Object.values(TRANSMISSION_TRANSITIONS)) {
      for (const { next, effect } of Object.values(transitions)) {
        assert.equal(effect === 'resend-all', next === 'sending');
        assert.equal(effect === 'start-delay', next === 'resuming');
      }
    }
  });
});

describe('the receiving states of a channel', () => {
  for (const [state, transitions] of Object.entries(RECEIVING_TRANSITIONS)) {
    it(`${state}: every event has the expected next state`, () => {
      const cells = RECEIVING_EVENTS.flatMap((event) => {
        const next = transitions[event];
        return next === undefined ? [] : `${event}: ${next}`;
      });
      assert.deepEqual(cells, RECEIVING_CELLS[state as ReceivingState]);
    });
  }

  it('do not depend on the order in which consumer and socket pause', () => {
    const after = (events: readonly ReceivingEvent[]): ReceivingState =>
      events.reduce<ReceivingState>(
        (state, event) => RECEIVING_TRANSITIONS[state][event] ?? state,
        'receiving',
      );
    const pauses = ['consumer-paused', 'socket-paused'] as const;
    assert.equal(after(pauses), 'paused-by-both');
    assert.equal(after([...pauses].reverse()), 'paused-by-both');
    assert.equal(after([...pauses, 'consumer-ready', 'socket-ready']), 'receiving');
    assert.equal(after([...pauses, 'socket-ready', 'consumer-ready']), 'receiving');
  });
});

describe('the gathering of frames', () => {
  for (const [state, transitions] of Object.entries(GATHERING_TRANSITIONS)) {
    it(`${state}: every event has the expected next state and effects`, () => {
      const cells = GATHERING_EVENTS.flatMap((event) => {
        const transition = transitions[event];
        if (transition === undefined) return [];
        return `${event}: ${[transition.next, ...transition.effects].join(' ')}`;
      });
      assert.deepEqual(cells, GATHERING_CELLS[state as GatheringState]);
    });
  }

  it('processes or discards what is held whenever it stops holding', () => {
    for (const { next, effects } of Object.values(GATHERING_TRANSITIONS.holding)) {
      const empties = effects.includes('process-held') || effects.includes('discard-held');
      assert.equal(empties, next !== 'holding');
    }
  });
});
