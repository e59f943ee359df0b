import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openEarly } from '../../src/socket/early-socket.ts';
import type { OpenSocket, SocketEvents, SocketRequest } from '../../src/socket/socket.ts';
import { createScriptedSockets } from '../session/connection/scripted-sockets.ts';

const EARLY = { url: 'wss://gateway/', timeoutMs: 15_000 };

function recorder(): { readonly seen: string[]; readonly events: SocketEvents } {
  const seen: string[] = [];
  return {
    seen,
    events: {
      frame: (frame) => seen.push(`frame ${frame.toString()}`),
      pong: () => seen.push('pong'),
      readingChanged: (isReading) => seen.push(isReading ? 'reads' : 'does not read'),
      lost: (reason) => seen.push(`lost: ${reason}`),
    },
  };
}

function requestOf(signal: AbortSignal = new AbortController().signal): SocketRequest {
  return { ...EARLY, signal };
}

describe('a socket that opens before its user exists', () => {
  it('is the one of the first attempt; later attempts open others', async () => {
    const sockets = createScriptedSockets();
    const open = openEarly(sockets.open, EARLY);
    assert.equal(sockets.tries, 1);
    await open(requestOf(), recorder().events);
    assert.equal(sockets.tries, 1);
    await open(requestOf(), recorder().events);
    assert.equal(sockets.tries, 2);
  });

  it('reads nothing until it is taken, and passes on in order what had been read', async () => {
    const sockets = createScriptedSockets();
    const open = openEarly(sockets.open, EARLY);
    const { events } = sockets.last();
    events.frame(Buffer.from('1'));
    await new Promise(setImmediate);
    assert.equal(sockets.last().isPaused, true);
    events.pong();
    const { seen, events: own } = recorder();
    const taken = open(requestOf(), own);
    assert.deepEqual(seen, []);
    await taken;
    assert.deepEqual(seen, ['frame 1', 'pong']);
    assert.equal(sockets.last().isPaused, false);
    events.frame(Buffer.from('2'));
    events.lost('reset');
    assert.deepEqual(seen, ['frame 1', 'pong', 'frame 2', 'lost: reset']);
  });

  it('is destroyed when its user fails at what has waited', async () => {
    const sockets = createScriptedSockets();
    const open = openEarly(sockets.open, EARLY);
    sockets.last().events.frame(Buffer.from('1'));
    const fault = new TypeError('not a function');
    const failing: SocketEvents = {
      ...recorder().events,
      frame: () => {
        throw fault;
      },
    };
    await assert.rejects(open(requestOf(), failing), fault);
    assert.equal(sockets.last().ended, 'destroy');
  });

  it('reports its loss before it is returned', async () => {
    const sockets = createScriptedSockets();
    const open = openEarly(sockets.open, EARLY);
    await new Promise(setImmediate);
    sockets.last().events.lost('reset');
    const { seen, events } = recorder();
    await open(requestOf(), events);
    assert.deepEqual(seen, ['lost: reset']);
  });

  it('fails the first attempt when it does not open, whenever that is', async () => {
    const sockets = createScriptedSockets();
    sockets.openings.push('refused');
    const open = openEarly(sockets.open, EARLY);
    await new Promise(setImmediate);
    await assert.rejects(open(requestOf(), recorder().events), /connection refused/);
    await open(requestOf(), recorder().events);
    assert.equal(sockets.tries, 2);
  });

  it('is stopped by the signal of the one who takes it', async () => {
    for (const abortFirst of [true, false]) {
      const sockets = createScriptedSockets();
      sockets.openings.push('hangs');
      const open: OpenSocket = openEarly(sockets.open, EARLY);
      const stop = new AbortController();
      if (abortFirst) stop.abort();
      const taken = open(requestOf(stop.signal), recorder().events);
      stop.abort();
      await assert.rejects(taken, /stopped/);
    }
  });
});
