import type { ProxyClient, Refusal } from '../../../../src/commands/proxy/clients/proxy-client.ts';
import { createSocketPair } from '../../../../src/commands/proxy/http/socket-pair.ts';
import type { DestinationSession } from '../../../../src/commands/proxy/pool/destination-session.ts';
import { createPool, type Pool } from '../../../../src/commands/proxy/pool/pool.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import type { LocalSocket } from '../../../../src/session/port/connection/local-socket.ts';
import type { Membership } from '../../../../src/session/port/listen/local-port.ts';
import { settle } from '../../../session/connection/scripted-sockets.ts';
import { createMemoryLink } from '../../../session/port/support/memory-link.ts';
import { createTestHost } from '../../../session/port/support/local-programs.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

interface RunSession {
  readonly session: DestinationSession;
  readonly taken: LocalSocket[];
  isStopped: boolean;
  join(): Promise<void>;
  end(refusal?: Refusal): Promise<void>;
}

export interface TestPool {
  readonly pool: Pool;
  readonly clock: VirtualClock;
  readonly sessions: readonly RunSession[];
  /** Sockets whose programs have closed them, which shows nothing here. */
  readonly closedPeers: Set<object>;
  /** A client connects. @returns what it got so far, and its socket */
  readonly connect: (host: string) => TestClient;
}

export interface TestClient {
  readonly got: string[];
  readonly socket: LocalSocket;
}

/** The first check of a closed connection (docs/design/limits.md#ports). */
export const CLOSED_AFTER_MS = 31_000;

export const REFUSAL: Refusal = {
  kind: 'failed',
  code: 'code',
  problem: 'It is down.',
  remedy: '',
};

/** Starts a pool whose sessions and clients the test moves itself. */
export function startPool(): TestPool {
  const clock = createVirtualClock();
  const sessions: RunSession[] = [];
  const closedPeers = new Set<object>();
  const context = {
    clock,
    hasPeerClosed: (socket: object) => Promise.resolve(closedPeers.has(socket)),
    target: 'web',
    on: { kind: 'tcp', port: 1080, addresses: ['127.0.0.1'] } as const,
    report: () => undefined,
  };
  const pool = createPool(context, (session) => {
    const ended = createDeferred<Refusal | undefined>();
    const taken: LocalSocket[] = [];
    const localPort = session.createLocalPort();
    let membership: Membership | undefined;
    const run: RunSession = {
      session,
      taken,
      isStopped: false,
      async join() {
        membership = localPort.join({
          link: createMemoryLink(),
          host: createTestHost(),
          openListener: () => ({ close: () => undefined }),
          isConnected: () => true,
          load: () => 0,
          listening: () => undefined,
          take: (socket) => void taken.push(socket),
          crowded: () => undefined,
          probe: () => undefined,
        });
        await settle();
      },
      async end(refusal) {
        membership?.leave();
        ended.resolve(refusal);
        await settle();
      },
    };
    session.stop = () => {
      run.isStopped = true;
      void run.end();
    };
    sessions.push(run);
    return ended.promise;
  });
  return {
    pool,
    clock,
    sessions,
    closedPeers,
    connect(host) {
      const got: string[] = [];
      const [, socket] = createSocketPair();
      const client: ProxyClient = {
        socket,
        accept: () => void got.push('accepted'),
        refuse: ({ kind, code }) => void got.push(`${kind} ${code}`),
        reset: () => void got.push('reset'),
      };
      pool.connect(client, { host, port: 80 });
      return { got, socket };
    },
  };
}

export async function close({ socket }: TestClient): Promise<void> {
  socket.destroy();
  await settle();
}

/** Starts a session for each of these hosts, with an open connection. */
export async function startMany(test: TestPool, count: number): Promise<readonly TestClient[]> {
  const clients: TestClient[] = [];
  for (let i = 0; i < count; i++) {
    clients.push(test.connect(`host-${i}`));
    await test.sessions[i]?.join();
  }
  return clients;
}
