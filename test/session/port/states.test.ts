import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
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
