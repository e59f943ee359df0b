import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  BASIC_TRANSITIONS,
  type BasicEvent,
  type BasicState,
} from '../../../src/session/port/basic-state.ts';
import {
  CONNECTION_TRANSITIONS,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from '../../../src/session/port/connection/connection-state.ts';
import {
  MUX_STREAM_TRANSITIONS,
  type MuxStreamEvent,
  type MuxStreamState,
} from '../../../src/session/port/smux/mux-stream-state.ts';

const CONNECTION_EVENTS: readonly ConnectionEvent[] = [
  'program-ended',
  'sent',
  'acknowledged',
  'waited',
  'target-ended',
  'delivered',
  'gone',
  'abandoned',
];

interface Step {
  readonly next: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** What an event leads to; nothing, where the table has no entry. */
function after(state: ConnectionState, event: ConnectionEvent): Step {
  return CONNECTION_TRANSITIONS[state][event] ?? { next: state, effects: [] };
}

/** Every way from one state to the end of a connection: its events and effects. */
function pathsFrom(
  state: ConnectionState,
  seen: readonly ConnectionState[] = [],
): { readonly events: ConnectionEvent[]; readonly effects: ConnectionEffect[] }[] {
  if (state === 'closed') return [{ events: [], effects: [] }];
  return CONNECTION_EVENTS.flatMap((event) => {
    const transition = CONNECTION_TRANSITIONS[state][event];
    if (transition === undefined || seen.includes(transition.next)) return [];
    return pathsFrom(transition.next, [...seen, state]).map(({ events, effects }) => ({
      events: [event, ...events],
      effects: [...transition.effects, ...effects],
    }));
  });
}

suite('a local connection', () => {
  const ways: readonly (readonly [string, readonly ConnectionEvent[], ConnectionState, string])[] =
    [
      ['a program that goes on', ['sent', 'acknowledged', 'waited', 'delivered'], 'open', ''],
      ['its end, with bytes that wait', ['program-ended'], 'draining', 'check-peer'],
      [
        'its end, all sent',
        ['program-ended', 'sent'],
        'unacknowledged',
        'check-peer await-acknowledgement',
      ],
      [
        'its end, all acknowledged',
        ['program-ended', 'sent', 'acknowledged'],
        'held-back',
        'check-peer await-acknowledgement hold-back',
      ],
      [
        'its end, waited long enough',
        ['program-ended', 'sent', 'acknowledged', 'waited'],
        'told',
        'check-peer await-acknowledgement hold-back tell-target await-rest',
      ],
      [
        'a target that does not answer the end',
        ['program-ended', 'sent', 'acknowledged', 'waited', 'waited'],
        'finishing',
        'check-peer await-acknowledgement hold-back tell-target await-rest end-program',
      ],
      ['an end of the target', ['target-ended'], 'finishing', 'end-program tell-target'],
      [
        'a program that does not answer it',
        ['target-ended', 'delivered', 'waited', 'gone'],
        'closed',
        'end-program tell-target linger destroy release',
      ],
      ['a socket that goes', ['gone', 'target-ended'], 'closed', 'release tell-target'],
      [
        'a socket that goes while the end is held back',
        ['program-ended', 'sent', 'acknowledged', 'gone', 'waited'],
        'closed',
        'check-peer await-acknowledgement hold-back release tell-target',
      ],
      ['a session that goes', ['abandoned', 'gone'], 'closed', 'release destroy'],
    ];
  for (const [what, events, end, effects] of ways) {
    test(`${what}: ${end}`, () => {
      let state: ConnectionState = 'open';
      const done: ConnectionEffect[] = [];
      for (const event of events) {
        const { next, effects: wanted } = after(state, event);
        state = next;
        done.push(...wanted);
      }
      assert.equal(state, end);
      assert.equal(done.join(' '), effects);
    });
  }

  test('on every way to its end: the target is told once, unless the session goes, and all is released', () => {
    const paths = pathsFrom('open');
    assert.ok(paths.length > 10);
    for (const { events, effects } of paths) {
      const told = effects.filter((effect) => effect === 'tell-target').length;
      if (!events.includes('abandoned')) assert.equal(told, 1, events.join(' '));
      assert.ok(told <= 1, events.join(' '));
      assert.equal(effects.filter((effect) => effect === 'release').length, 1, events.join(' '));
    }
  });
});

suite('a stream', () => {
  const ways: readonly (readonly [string, readonly MuxStreamEvent[], MuxStreamState])[] = [
    ['opened', ['syn-sent'], 'open'],
    ['ended by the program', ['syn-sent', 'sending-over'], 'fin-pending'],
    ['ended, the agent told', ['syn-sent', 'sending-over', 'fin-sent'], 'fin-sent'],
    ['ended, the program gone', ['syn-sent', 'sending-over', 'fin-sent', 'closed'], 'over'],
    [
      'the program gone before the agent is told',
      ['syn-sent', 'sending-over', 'closed'],
      'fin-pending',
    ],
    ['ended before it was opened', ['sending-over', 'syn-sent'], 'fin-pending'],
    ['reset before it was opened', ['sending-over', 'closed-empty'], 'over'],
    ['gone with bytes before it was opened', ['sending-over', 'closed'], 'syn-and-fin-pending'],
  ];
  for (const [what, events, end] of ways) {
    test(`${what}: ${end}`, () => {
      let state: MuxStreamState = 'syn-pending';
      for (const event of events) state = MUX_STREAM_TRANSITIONS[state][event] ?? state;
      assert.equal(state, end);
    });
  }
});

suite('a port of one connection at a time', () => {
  const ways: readonly (readonly [string, readonly BasicEvent[], BasicState])[] = [
    ['listening', ['up'], 'unused'],
    ['the first connection gets what comes', ['up', 'connected'], 'answering'],
    ['its end', ['up', 'connected', 'disconnected'], 'disconnecting'],
    [
      'a connection before the agent has acknowledged the end',
      ['up', 'connected', 'disconnected', 'connected'],
      'disconnecting',
    ],
    ['the end acknowledged', ['up', 'connected', 'disconnected', 'acknowledged'], 'idle'],
    [
      'the next connection',
      ['up', 'connected', 'disconnected', 'acknowledged', 'connected'],
      'asking',
    ],
    [
      'the next connection has sent',
      ['up', 'connected', 'disconnected', 'acknowledged', 'connected', 'sent'],
      'answering',
    ],
    [
      'the end of the session while it disconnects',
      ['up', 'connected', 'disconnected', 'ended', 'acknowledged'],
      'over',
    ],
  ];
  for (const [what, events, end] of ways) {
    test(`${what}: ${end}`, () => {
      let state: BasicState = 'starting';
      for (const event of events) state = BASIC_TRANSITIONS[state][event] ?? state;
      assert.equal(state, end);
    });
  }
});
