import { lookup } from 'node:dns';
import { Socket, type LookupFunction } from 'node:net';
import type { ProgramHost } from '../programs/program.ts';

/** A TCP connection from the agent to a service on the target or one that it can reach. */
export interface TargetConnection {
  /** Bytes written that the service has not taken yet. */
  readonly backlog: number;
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
  /** Delivers what was written and then closes both directions: what would still come is lost. */
  finish(): void;
  destroy(): void;
  /** Resolves when the connection is made or cannot be. */
  readonly dialled: Promise<void>;
  /** Resolves when the connection is closed or could not be opened. */
  readonly closed: Promise<void>;
}

/** What a {@link TargetConnection} reports. */
export interface TargetConnectionEvents {
  connected(): void;
  data(bytes: Buffer): void;
  /** The service has taken something. */
  taken(): void;
  /** No more data comes. Called once, and not after `finish()` or `destroy()`. */
  ended(how: 'refused' | 'closed', reason: string): void;
  /** The dial has failed after `finish()`. */
  refusedLater?(): void;
}

const TARGET_HOST = 'localhost';
const IPV4_LOOPBACK = '127.0.0.1';

/**
 * A target knows its own name, even if no file of the system contains it (RFC 6761, section 6.3). It is
 * one address: of several, Node.js gives each but the last 250 ms, and never closes a socket that was
 * ended while it tried the first one.
 */
const lookupTarget: LookupFunction = (hostname, options, done) => {
  if (hostname !== TARGET_HOST) lookup(hostname, options, done);
  else if (options.all === true) done(null, [{ address: IPV4_LOOPBACK, family: 4 }]);
  else done(null, IPV4_LOOPBACK, 4);
};

/** Where a port session leads. */
export interface TargetAddress {
  /** Empty for the target itself. */
  readonly host: string;
  readonly port: number;
}

/**
 * Dials; what is written before the connection is made waits.
 *
 * @param turn - the dial waits for this
 */
export function dialTarget(
  address: TargetAddress,
  host: ProgramHost,
  events: TargetConnectionEvents,
  turn?: Promise<unknown>,
): TargetConnection {
  const { record } = host;
  let connected = false;
  let over = false;
  let gathering = false;
  let state: 'open' | 'finishing' | 'destroyed' = 'open';
  const socket = new Socket().setNoDelay();
  // What is written before the dial has begun would be refused otherwise.
  socket.cork();
  const dial = (): void => {
    if (socket.destroyed) return;
    record.dials++;
    host.changed();
    const real = host.options.route?.(address) ?? address;
    socket.connect({
      host: real.host === '' ? TARGET_HOST : real.host,
      port: real.port,
      lookup: lookupTarget,
    });
    socket.uncork();
    if (state === 'finishing') socket.destroySoon();
  };
  const beforeDial = host.options.beforeDial;
  if (turn === undefined && beforeDial === undefined) dial();
  else
    void Promise.resolve(turn)
      .then(() => beforeDial?.(record.dials + 1))
      .then(dial);
  const dialled = new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  const end = (how: 'refused' | 'closed', reason: string): void => {
    if (over) return;
    over = true;
    events.ended(how, reason);
  };
  socket.on('connect', () => {
    connected = true;
    record.connected++;
    record.targetConnections++;
    host.changed();
    if (!over) events.connected();
  });
  socket.on('data', (bytes: Buffer) => {
    if (!over) events.data(bytes);
  });
  socket.on('end', () => end('closed', ''));
  socket.on('error', (error) => {
    // Where a name has several addresses, the message of the failure is empty.
    const code = 'code' in error ? String(error.code) : error.message;
    const reason = `dial tcp ${address.host}:${address.port}: ${code}`;
    if (!connected && state === 'finishing') events.refusedLater?.();
    end(connected ? 'closed' : 'refused', reason);
  });
  const taken = (): void => events.taken();
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      if (connected) record.targetConnections--;
      host.changed();
      resolve();
      end('closed', '');
    });
  });
  return {
    get backlog() {
      return socket.writableLength;
    },
    write(bytes) {
      if (!socket.writable) return;
      // One chunk from the client holds dozens of messages; one system call takes them all.
      if (!gathering) {
        gathering = true;
        socket.cork();
        process.nextTick(() => {
          gathering = false;
          socket.uncork();
        });
      }
      socket.write(bytes, taken);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    finish() {
      if (!over) state = 'finishing';
      over = true;
      if (!socket.pending || socket.connecting) socket.destroySoon();
    },
    destroy() {
      over = true;
      state = 'destroyed';
      socket.destroy();
    },
    dialled,
    closed,
  };
}
