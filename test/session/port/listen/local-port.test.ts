import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { createSocketPair } from '../../../../src/commands/proxy/http/socket-pair.ts';
import type { LocalSocket } from '../../../../src/session/port/connection/local-socket.ts';
import type { LocalPortEvent, PortEvent } from '../../../../src/session/port/port-event.ts';
import { createLocalPort, type LocalPort } from '../../../../src/session/port/listen/local-port.ts';
import type { PeerWatch } from '../../../../src/session/port/listen/waiting.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createPeerCheck, readTable } from '../../../../src/network/peer-check.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { createPortSession } from '../../../../src/session/port/port-session.ts';
import type { SessionType } from '../../../../src/session/session-type.ts';
import { texts } from '../../../../src/session/texts/caller-texts.ts';
import { connectLocally, readToEnd } from '../../../program/port/support/local-program.ts';
import { createTestHost, until } from '../support/local-programs.ts';
import { createMemoryLink, type MemoryLink } from '../support/memory-link.ts';
import { attachSmuxPeer, type SmuxPeer } from '../support/smux-peer.ts';
import { AGENTS } from '../support/start-listening.ts';

interface Joined {
  readonly session: SessionType;
  readonly link: MemoryLink;
  readonly peer: SmuxPeer;
  readonly events: readonly string[];
}

/** Starts a session in a port. */
function join(t: TestContext, localPort: LocalPort, localPortNumber = '0'): Joined {
  const events: string[] = [];
  const onEvent = (event: PortEvent): void => void events.push(event.kind);
  const host = createTestHost({ localPort, presentation: { wording: texts, onEvent } });
  const link = createMemoryLink(AGENTS.multiplexed);
  const properties = { type: 'LocalPortForwarding', localPortNumber };
  const session = createPortSession(properties, AGENTS.multiplexed, link, host);
  link.session = session;
  const peer = attachSmuxPeer(link);
  t.after(() => session.close());
  session.start();
  return { session, link, peer, events };
}

/** A port that goes on listening without sessions while `expects` is true. */
function startPort(
  expects = false,
  peers?: PeerWatch,
): {
  readonly localPort: LocalPort;
  readonly listening: () => number | undefined;
  /** How many programs are connected. */
  readonly open: () => number;
} {
  let port: number | undefined;
  let open = 0;
  const localPort = createLocalPort({
    onEvent(event) {
      if (event.kind === 'listening' && event.on.kind === 'tcp') ({ port } = event.on);
      if (event.kind === 'connected' || event.kind === 'disconnected') ({ open } = event);
    },
    expectsSessions: () => expects,
    ...(peers && { peers }),
  });
  return { localPort, listening: () => port, open: () => open };
}

describe('a local port with several sessions', { timeout: 60_000 }, () => {
  it('is opened by the first, and joined by the others', async (t) => {
    const { localPort, listening } = startPort();
    const first = join(t, localPort);
    await until(() => listening() !== undefined);
    const second = join(t, localPort);
    assert.match(first.link.printed, /^Port \d+ opened/);
    assert.equal(second.link.printed, '');
    assert.deepEqual([first.events, second.events], [['joined'], ['joined']]);
    for (let i = 0; i < 4; i++) {
      await connectLocally(t, { port: listening() ?? 0, host: '127.0.0.1' });
      await until(() => first.peer.streams.size + second.peer.streams.size === i + 1);
    }
    assert.deepEqual([first.peer.streams.size, second.peer.streams.size], [2, 2]);
  });

  it('closes connections that come after it has closed', (t) => {
    let bring: ((socket: LocalSocket) => void) | undefined;
    const localPort = createLocalPort({
      onEvent: undefined,
      source: (events) => {
        bring = (socket) => events.connection(socket);
        return { close: () => undefined };
      },
    });
    join(t, localPort).session.close();
    const [socket] = createSocketPair();
    bring?.(socket);
    assert.equal(socket.destroyed, true);
  });

  it('lets a thousand connections wait for a session, and refuses others once with the reason', () => {
    const events: LocalPortEvent[] = [];
    let bring: ((socket: LocalSocket) => void) | undefined;
    const localPort = createLocalPort({
      onEvent: (event) => void events.push(event),
      expectsSessions: () => true,
      source: (source) => {
        bring = (socket) => source.connection(socket);
        return { close: () => undefined };
      },
    });
    localPort.open({ freeDescriptors: () => undefined });
    const sockets = Array.from({ length: 1_003 }, () => createSocketPair()[0]);
    for (const socket of sockets) bring?.(socket);
    assert.equal(sockets.filter(({ destroyed }) => destroyed).length, 3);
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'refused'),
      [{ kind: 'refused', open: 1_000, because: 'waiting' }],
    );
    localPort.close();
  });

  it('listens until the last one leaves, and then no longer', async (t) => {
    const { localPort, listening } = startPort();
    const first = join(t, localPort);
    await until(() => listening() !== undefined);
    const second = join(t, localPort);
    const to = { port: listening() ?? 0, host: '127.0.0.1' };
    first.session.close();
    await connectLocally(t, to);
    await until(() => second.peer.streams.size === 1);
    second.session.close();
    await assert.rejects(connectLocally(t, to), /ECONNREFUSED/);
    assert.deepEqual(
      [first.events, second.events].map((events) => events.at(-1)),
      ['left', 'left'],
    );
  });

  it('lets connections wait, unread, for a session that is expected', async (t) => {
    const { localPort, listening } = startPort(true);
    const first = join(t, localPort);
    await until(() => listening() !== undefined);
    first.session.close();
    const socket = await connectLocally(t, { port: listening() ?? 0, host: '127.0.0.1' });
    socket.write('early');
    const second = join(t, localPort);
    await until(() => second.peer.streams.get(3)?.received.toString() === 'early');
    localPort.close();
  });

  it(
    'closes a connection that waits for half a minute when its program has closed it, and no other',
    { skip: process.platform !== 'linux' && 'needs /proc' },
    async (t) => {
      const clock = createVirtualClock();
      const { platform } = process;
      const hasPeerClosed = createPeerCheck({ clock: systemClock, platform, readTable });
      const { localPort, listening, open } = startPort(true, { clock, hasPeerClosed });
      t.after(() => localPort.close());
      const first = join(t, localPort);
      await until(() => listening() !== undefined);
      first.session.close();
      const to = { port: listening() ?? 0, host: '127.0.0.1' };
      const patient = await connectLocally(t, { ...to, allowHalfOpen: true });
      patient.end('a request');
      const gone = await connectLocally(t, to);
      gone.write('a request');
      await until(() => open() === 2);
      gone.destroy();
      await once(gone, 'close');
      clock.advance(29_999);
      assert.equal(open(), 2);
      await until(() => {
        clock.advance(1_000);
        return open() === 1;
      });
      const second = join(t, localPort);
      await until(() => second.peer.streams.get(3)?.received.toString() === 'a request');
      assert.equal(second.peer.streams.size, 1);
      assert.equal(clock.pending, 0);
    },
  );

  it('closes the connections that wait when it is closed', async (t) => {
    const { localPort, listening } = startPort(true);
    const first = join(t, localPort);
    await until(() => listening() !== undefined);
    const to = { port: listening() ?? 0, host: '127.0.0.1' };
    const served = await connectLocally(t, to);
    await until(() => first.peer.streams.size === 1);
    first.session.close();
    const waiting = await connectLocally(t, to);
    served.destroy();
    localPort.close();
    await readToEnd(waiting).catch(() => undefined);
    await assert.rejects(connectLocally(t, to), /ECONNREFUSED/);
  });

  it('gives a session that is cut off nothing, until it is connected again', async (t) => {
    const { localPort, listening } = startPort();
    const first = join(t, localPort);
    await until(() => listening() !== undefined);
    const second = join(t, localPort);
    const to = { port: listening() ?? 0, host: '127.0.0.1' };
    first.link.connectedSince = undefined;
    for (let i = 1; i <= 3; i++) {
      await connectLocally(t, to);
      await until(() => second.peer.streams.size === i);
    }
    first.link.connectedSince = 1;
    await connectLocally(t, to);
    await until(() => first.peer.streams.size === 1);
  });

  it('ends each session that has joined when it cannot listen', async (t) => {
    const server = createServer().listen({ host: '127.0.0.1', port: 0 });
    t.after(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { localPort } = startPort();
    const sessions = [1, 2].map(() => join(t, localPort, String(address.port)));
    await until(() => sessions.every(({ link }) => link.ends.length === 1));
    assert.deepEqual(
      sessions.map(({ link }) => link.ends[0]?.kind),
      ['cannot-start', 'cannot-start'],
    );
    const late = join(t, localPort, String(address.port));
    assert.deepEqual(late.link.ends, sessions[0]?.link.ends);
    assert.deepEqual(late.events, []);
  });

  it('ends a session that joins once it is closed', async (t) => {
    const { localPort, listening } = startPort();
    const first = join(t, localPort);
    await until(() => listening() !== undefined);
    first.session.close();
    const late = join(t, localPort);
    assert.deepEqual(late.link.ends, [{ kind: 'leave', text: '', exitCode: 0 }]);
    assert.deepEqual(late.events, []);
  });

  it('takes connections of another source in place of its own listener', async (t) => {
    const [near, far] = duplexPair();
    const events: string[] = [];
    let isClosed = false;
    const localPort = createLocalPort({
      onEvent: ({ kind }) => void events.push(kind),
      source: (port) => {
        queueMicrotask(() => {
          port.listening({ kind: 'tcp', port: 1080, addresses: ['0.0.0.0'] });
          port.connection(Object.assign(far, { bytesRead: 0, bytesWritten: 0 }));
        });
        return { close: () => (isClosed = true) };
      },
    });
    const { link, peer, session } = join(t, localPort);
    await until(() => peer.streams.size === 1);
    assert.deepEqual(events, ['listening', 'connected']);
    assert.equal(link.warned, '');
    near.write('question');
    await until(() => peer.streams.get(3)?.received.toString() === 'question');
    peer.streams.get(3)?.send('answer');
    peer.streams.get(3)?.fin();
    assert.equal(await text(near), 'answer');
    session.close();
    assert.ok(isClosed);
  });
});
