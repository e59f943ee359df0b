import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { createLocalPort } from '../../../../src/session/port/listen/local-port.ts';
import { silentLogger } from '../../../../src/logging/logger.ts';
import { createPortSession } from '../../../../src/session/port/port-session.ts';
import type { PortHost } from '../../../../src/session/port/port-host.ts';
import type { SessionType } from '../../../../src/session/session-type.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';
import { createMemoryLink, type MemoryLink } from './memory-link.ts';
import { texts } from '../../../../src/session/texts/caller-texts.ts';

/** Waits until a condition is true; the timeout of the test ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

/** A machine with the real network, streams in memory and a stopped clock. */
export interface TestHost extends PortHost {
  readonly clock: VirtualClock;
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
}

/** A test machine; `parts` replace its own. */
export function createTestHost(parts: Partial<PortHost> = {}): TestHost {
  const presentation = parts.presentation ?? { wording: texts, onEvent: undefined };
  return {
    createServer,
    localPort: createLocalPort({ onEvent: presentation.onEvent }),
    logger: silentLogger,
    hasPeerClosed: () => Promise.resolve(false),
    freeDescriptors: () => undefined,
    localHost: '',
    platform: process.platform,
    umask: (mask) => process.umask(mask),
    exists: existsSync,
    presentation,
    ...parts,
    clock: createVirtualClock(),
    stdin: new PassThrough(),
    stdout: new PassThrough(),
  };
}

/** A port session in a link in memory. */
export interface RunningSession {
  readonly session: SessionType;
  readonly link: MemoryLink;
  readonly host: TestHost;
  /** The port that was printed; 0 when there is none. */
  readonly port: number;
  /** Connects a local program. */
  readonly connect: () => Promise<Socket>;
}

/** Starts a session and waits until it listens; it is closed with the test. */
export async function startForwarding(
  t: TestContext,
  agentVersion: string,
  host = createTestHost(),
): Promise<RunningSession> {
  const link = createMemoryLink(agentVersion);
  const properties = { type: 'LocalPortForwarding', portNumber: '80', localPortNumber: '0' };
  const session = createPortSession(properties, agentVersion, link, host);
  link.session = session;
  const sockets: Socket[] = [];
  t.after(() => {
    session.close();
    for (const socket of sockets) socket.destroy();
  });
  session.start();
  await until(() => link.printed.includes('opened for sessionId'));
  const port = Number(/^Port (\d+) /.exec(link.printed)?.[1] ?? 0);
  return {
    session,
    link,
    host,
    port,
    async connect() {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    },
  };
}

/** Collects what a local program receives. */
export interface Received {
  readonly bytes: Buffer;
  /** The other side has ended. */
  readonly ended: boolean;
  /** The connection is closed. */
  readonly closed: boolean;
}

/** Reads a connection to its end. */
export function collect(socket: Socket): Received {
  const chunks: Buffer[] = [];
  let ended = false;
  let closed = false;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('end', () => (ended = true));
  socket.on('close', () => (closed = true));
  return {
    get bytes() {
      return Buffer.concat(chunks);
    },
    get ended() {
      return ended;
    },
    get closed() {
      return closed;
    },
  };
}
