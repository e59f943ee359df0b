import { Server, Socket, type AddressInfo } from 'node:net';
import type { PortHost } from '../../../../../src/session/port/port-host.ts';
import { createFeed, type Feed } from './feed.ts';

/** The result of an attempt to listen: an error's code, or undefined when it works. */
export type ListenOutcome = (address: string) => string | undefined;

/** Local programs and the session's listeners, without a network. */
export interface MemoryNetwork {
  readonly createServer: PortHost['createServer'];
  /** Listeners that are open. */
  readonly listening: () => number;
  /** Connections that were made and are not closed, as the session's end of them. */
  readonly open: () => readonly MemorySocket[];
  /** Connects a local program; undefined while nothing listens. */
  connect(): MemorySocket | undefined;
}

/** The session's end of a local connection; its program is the test. */
export class MemorySocket extends Socket {
  readonly feed: Feed = createFeed(() => this);
  isStalled = false;
  /** The program no longer sends; the session may drop what it still reads. */
  isEnded = false;
  private blocked: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true });
    this.setAddress('127.0.0.1');
  }

  /** The program continues to read. */
  release(): void {
    this.isStalled = false;
    const callback = this.blocked;
    this.blocked = undefined;
    callback?.();
  }

  /** The program ends its sending direction. */
  endSending(): void {
    this.isEnded = true;
    this.feed.add(null);
  }

  /** The program resets the connection; the runtime reports that in one of two ways. */
  reset(asEnd: boolean): void {
    if (asEnd) {
      this.setAddress(undefined);
      this.endSending();
    } else {
      this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    }
  }

  override _read(): void {
    this.feed.wanted();
  }

  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    this.answer(callback);
  }

  override _writev(_chunks: unknown, callback: () => void): void {
    this.answer(callback);
  }

  override _final(callback: () => void): void {
    this.answer(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.feed.stop();
    super._destroy(error, callback);
  }

  private answer(callback: () => void): void {
    if (this.isStalled) this.blocked = callback;
    else callback();
  }

  private setAddress(remote: string | undefined): void {
    const configurable = true;
    Object.defineProperty(this, 'localAddress', { value: '127.0.0.1', configurable });
    Object.defineProperty(this, 'remoteAddress', { value: remote, configurable });
  }
}

class MemoryServer extends Server {
  readonly onConnection: (connection: Socket) => void;
  readonly pauses: boolean;
  isOpen = false;
  private isClosed = false;
  private readonly outcome: ListenOutcome;

  constructor(outcome: ListenOutcome, pauses: boolean, onConnection: (connection: Socket) => void) {
    super();
    this.outcome = outcome;
    this.pauses = pauses;
    this.onConnection = onConnection;
  }

  override listen(...parameters: unknown[]): this {
    const [options, callback] = parameters;
    const host: unknown = Reflect.get(Object(options), 'host');
    process.nextTick(() => {
      if (this.isClosed) return;
      const code = this.outcome(typeof host === 'string' ? host : '');
      if (code !== undefined) {
        this.emit('error', Object.assign(new Error(`listen ${code}`), { code }));
        return;
      }
      this.isOpen = true;
      if (typeof callback === 'function') Reflect.apply(callback, this, []);
    });
    return this;
  }

  override address(): AddressInfo {
    return { address: '127.0.0.1', family: 'IPv4', port: 4000 };
  }

  override close(): this {
    this.isOpen = false;
    this.isClosed = true;
    return this;
  }
}

/** A network in which only the session listens. */
export function createMemoryNetwork(outcome: ListenOutcome): MemoryNetwork {
  const servers: MemoryServer[] = [];
  const sockets = new Set<MemorySocket>();
  return {
    createServer({ pauseOnConnect = false }, onConnection) {
      const server = new MemoryServer(outcome, pauseOnConnect, onConnection);
      servers.push(server);
      return server;
    },
    listening: () => servers.filter((server) => server.isOpen).length,
    open: () => [...sockets],
    connect() {
      const server = servers.find(({ isOpen }) => isOpen);
      if (server === undefined) return undefined;
      const socket = new MemorySocket();
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      if (server.pauses) socket.pause();
      server.onConnection(socket);
      return socket;
    },
  };
}
