import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import type { WebSocket } from 'ws';
import { systemClock } from '../../src/lib/clock.ts';
import type { Socket } from '../../src/socket/socket.ts';
import { openWebSocket } from '../../src/socket/web-socket.ts';
import { directConnection } from '../support/direct-connection.ts';
import { startWebSocketServer } from '../support/web-socket-server.ts';

const FRAME = Buffer.alloc(64 * 1024);
/** More frames than the system buffers for a connection that is not read. */
const PLENTY = 1024;

/** A socket, and a gateway whose reading the test controls. */
interface Opened {
  /** Host and port of the gateway. */
  readonly host: string;
  readonly socket: Socket;
  readonly gateway: WebSocket;
  /** What happened at this side, in order. */
  readonly events: readonly string[];
  /** Resolves when this has happened. */
  readonly until: (event: string) => Promise<void>;
  /** Sends until nothing is read any more. */
  readonly fill: () => Promise<void>;
}

async function open(t: TestContext, stallTimeoutMs?: number): Promise<Opened> {
  const { server, host } = await startWebSocketServer(t);
  const events: string[] = [];
  let noticed: () => void = () => undefined;
  const happened = (event: string): void => {
    events.push(event);
    noticed();
  };
  const until = async (event: string): Promise<void> => {
    while (!events.includes(event)) await new Promise<void>((resolve) => (noticed = resolve));
  };
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  const socket = await openWebSocket(
    {
      url: `ws://${host}/`,
      headers: {},
      createConnection: directConnection,
      clock: systemClock,
      timeoutMs: 10_000,
      stallTimeoutMs,
      signal: t.signal,
    },
    {
      frame: (frame) => happened(`frame ${frame.toString()}`),
      pong: () => undefined,
      readingChanged: (isReading) => happened(isReading ? 'reads' : 'does not read'),
      lost: (reason) => happened(`lost: ${reason}`),
    },
  );
  t.after(() => socket.destroy());
  const [gateway] = await connected;
  const fill = async (): Promise<void> => {
    for (let sent = 0; !events.includes('does not read'); sent++) {
      assert.ok(sent < PLENTY, 'it reads on');
      socket.send(FRAME);
      await new Promise(setImmediate);
    }
  };
  return { host, socket, gateway, events, until, fill };
}

function send(gateway: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => gateway.send(Buffer.from(text), () => resolve()));
}

describe('a socket whose gateway does not read', { timeout: 60_000 }, () => {
  it('does not read either, until the gateway has read everything', async (t) => {
    const { gateway, events, until, fill } = await open(t);
    gateway.pause();
    await fill();
    await send(gateway, 'late');
    gateway.resume();
    await until('frame late');
    assert.deepEqual(events, ['does not read', 'reads', 'frame late']);
  });

  it('reads again only when its consumer has not paused, either', async (t) => {
    const { socket, gateway, events, until, fill } = await open(t);
    socket.pause();
    gateway.pause();
    await fill();
    await send(gateway, 'late');
    gateway.resume();
    await until('reads');
    const received = once(gateway, 'message');
    socket.send(Buffer.from('and this'));
    await received;
    assert.deepEqual(events, ['does not read', 'reads']);
    socket.resume();
    await until('frame late');
  });

  it('does not read when only its consumer resumes', async (t) => {
    const { socket, gateway, events, until, fill } = await open(t);
    gateway.pause();
    await fill();
    await send(gateway, 'late');
    socket.pause();
    socket.resume();
    await new Promise(setImmediate);
    assert.deepEqual(events, ['does not read']);
    gateway.resume();
    await until('frame late');
    assert.deepEqual(events, ['does not read', 'reads', 'frame late']);
  });

  it('is lost when the gateway reads nothing for long', async (t) => {
    const { host, gateway, until, fill } = await open(t, 100);
    gateway.pause();
    await fill();
    await until(
      `lost: The message gateway ${host} no longer accepts data. Check the network connection.`,
    );
  });
});
