import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BASIC_TRANSITIONS,
  type BasicEvent,
  type BasicState,
} from '../../../src/session/port/basic-state.ts';
import {
  MUX_STREAM_TRANSITIONS,
  type MuxStreamEvent,
  type MuxStreamState,
} from '../../../src/session/port/smux/mux-stream-state.ts';
import {
  STDIO_TRANSITIONS,
  type StdioEvent,
  type StdioState,
} from '../../../src/session/port/stdio-state.ts';

/** For every state: the state after each event, in the order of the events; `=` for the same state. */
type Rows<State extends string> = Readonly<Record<State, readonly (State | '=')[]>>;

/** Compares every state and every event with what is expected. */
function testTable<State extends string, Event extends string>(
  table: Readonly<Record<State, Readonly<Record<Event, State>>>>,
  events: readonly Event[],
  rows: Rows<State>,
): void {
  for (const state of Object.keys(rows) as State[]) {
    const row = rows[state];
    for (const [i, event] of events.entries()) {
      const next = row[i];
      it(`${state}, ${event}: ${next ?? 'not in the table'}`, () => {
        assert.equal(table[state][event], next === '=' ? state : next);
      });
    }
    it(`${state}: all of its events are here`, () => {
      assert.deepEqual(Object.keys(table[state]).sort(), [...events].sort());
    });
  }
}

describe('the states of a smux stream', () => {
  const events: readonly MuxStreamEvent[] = [
    'syn-sent',
    'fin-sent',
    'sending-ended',
    'closed-empty',
    'closed-with-bytes',
  ];
  const rows: Rows<MuxStreamState> = {
    'syn-pending': ['open', '=', 'syn-and-fin-pending', '=', '='],
    'syn-and-fin-pending': ['fin-pending', '=', '=', 'closed', '='],
    open: ['=', '=', 'fin-pending', '=', '='],
    'fin-pending': ['=', 'fin-sent', '=', '=', '='],
    'fin-sent': ['=', '=', '=', 'closed', 'closed'],
    closed: ['=', '=', '=', '=', '='],
  };
  testTable(MUX_STREAM_TRANSITIONS, events, rows);
});

describe('the states of a basic port', () => {
  const events: readonly BasicEvent[] = [
    'listening',
    'program-connected',
    'bytes-sent',
    'disconnect-sent',
    'disconnect-acknowledged',
    'close',
  ];
  const rows: Rows<BasicState> = {
    starting: ['unused', '=', '=', '=', '=', 'closed'],
    unused: ['=', 'connected', '=', '=', '=', 'closed'],
    unsent: ['=', '=', 'connected', 'disconnecting', '=', 'closed'],
    connected: ['=', '=', '=', 'disconnecting', '=', 'closed'],
    disconnecting: ['=', '=', '=', '=', 'idle', 'closed'],
    idle: ['=', 'unsent', '=', '=', '=', 'closed'],
    closed: ['=', '=', '=', '=', '=', '='],
  };
  testTable(BASIC_TRANSITIONS, events, rows);
});

describe('the states of a stdio session', () => {
  const events: readonly StdioEvent[] = ['input-ended', 'drained', 'acknowledged', 'close'];
  const rows: Rows<StdioState> = {
    open: ['draining', '=', '=', 'closed'],
    draining: ['=', 'unacknowledged', '=', 'closed'],
    unacknowledged: ['=', '=', 'awaiting-rest', 'closed'],
    'awaiting-rest': ['=', '=', '=', 'closed'],
    closed: ['=', '=', '=', '='],
  };
  testTable(STDIO_TRANSITIONS, events, rows);
});
