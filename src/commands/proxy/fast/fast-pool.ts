import { reportedFailure } from '../../../cli/framework/failure.ts';
import { SHORT_SESSION_MS } from '../../../cli/run/start/restart-pace.ts';
import { carryConnection } from '../../../cli/tunnel/carry-connection.ts';
import type { SharedTunnel, TunnelKeeper, TunnelUse } from '../../../cli/tunnel/tunnel-keeper.ts';
import { proxyFailures } from '../../../failures/proxy.ts';
import { endpointText } from '../../../lib/endpoint-text.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import type { Timer } from '../../../lib/clock.ts';
import { createWaitingConnections } from '../../../session/port/listen/waiting.ts';
import { drainClient } from '../clients/drain-client.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import type { DestinationContext } from '../pool/destination-session.ts';
import { IDLE_SESSION_MS, type Pool } from '../pool/pool.ts';
import type { Destination } from '../rules/destination.ts';
import { createFastDestination, type FastDestination } from './fast-destination.ts';
import { streamRefusal } from './stream-refusal.ts';

/** What a pool with a tunnel works with. */
export interface FastPoolContext extends DestinationContext {
  readonly keeper: TunnelKeeper;
  /** Of the tunnel that is open already. */
  readonly use: TunnelUse;
  readonly reportError: (error: Error) => void;
}

/** Carries all connections of a proxy through one tunnel, which is opened again when a client needs it. */
export function createFastPool(context: FastPoolContext): Pool {
  return new FastPool(context);
}

/** The tunnel that is used now, and what depends on it. */
interface Used {
  readonly use: TunnelUse;
  readonly destinations: Map<string, FastDestination>;
  /** Ends it when it has had no connection for a while. */
  idle: Timer | undefined;
}

class FastPool implements Pool {
  readonly #context: FastPoolContext;
  readonly #clients = new Set<ProxyClient['socket']>();
  #used: Used | undefined;
  /** Why there is no tunnel now. */
  #refusal: Refusal | undefined;
  #isClosed = false;

  constructor(context: FastPoolContext) {
    this.#context = context;
    this.#begin(context.use);
  }

  connect(client: ProxyClient, destination: Destination): void {
    const { keeper, clock } = this.#context;
    const { socket } = client;
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    if (
      this.#used === undefined &&
      this.#refusal !== undefined &&
      keeper.pace.pauseMs(clock.monotonic()) > 0
    ) {
      this.#refuse(client, this.#refusal);
      return;
    }
    const used = this.#used ?? this.#begin(keeper.use());
    used.idle?.cancel();
    used.idle = undefined;
    this.#clients.add(socket);
    socket.once('close', () => {
      this.#clients.delete(socket);
      if (this.#clients.size === 0 && this.#used === used) this.#limitIdleness(used);
    });
    void this.#serve(used, client, destination);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const used = this.#used;
    this.#used = undefined;
    used?.idle?.cancel();
    for (const socket of this.#clients) socket.destroy();
    await used?.use.release();
  }

  #begin(use: TunnelUse): Used {
    const used: Used = { use, destinations: new Map(), idle: undefined };
    this.#used = used;
    this.#limitIdleness(used);
    void this.#follow(used);
    return used;
  }

  #limitIdleness(used: Used): void {
    const { clock } = this.#context;
    used.idle = clock.after(IDLE_SESSION_MS, () => {
      this.#used = undefined;
      void used.use.release();
    });
  }

  /** Sees to the end of the tunnel. */
  async #follow(used: Used): Promise<void> {
    const { keeper, clock, reportError } = this.#context;
    let openedAt: number | undefined;
    let error: Error | undefined;
    try {
      const tunnel = await used.use.opened;
      if (tunnel !== undefined) {
        openedAt = clock.monotonic();
        const unfollow = tunnel.follow((event) => {
          for (const one of used.destinations.values()) one.connection(event);
        });
        error = await tunnel.ended;
        unfollow();
      }
    } catch (failure) {
      error = asError(failure);
    }
    used.idle?.cancel();
    const isWanted = this.#used === used;
    if (isWanted) this.#used = undefined;
    const now = clock.monotonic();
    if (openedAt !== undefined && now - openedAt >= SHORT_SESSION_MS) keeper.pace.succeeded();
    else if (error !== undefined) keeper.pace.failed(now, openedAt !== undefined);
    const failure = error && reportedFailure(error);
    this.#refusal = failure && { ...failure, kind: 'failed' };
    for (const one of [...used.destinations.values()]) one.lost(failure);
    // Whatever is wrong with a tunnel, the next client gets another one.
    if (error !== undefined && isWanted) reportError(error);
    await used.use.release();
  }

  async #serve(used: Used, client: ProxyClient, destination: Destination): Promise<void> {
    const waiting = createWaitingConnections(this.#context);
    waiting.add(client.socket);
    let tunnel: SharedTunnel | undefined;
    let refusal: Refusal | undefined;
    try {
      tunnel = await used.use.opened;
    } catch (error) {
      refusal = { ...reportedFailure(error), kind: 'failed' };
    }
    waiting.remove(client.socket);
    if (client.socket.destroyed) return;
    if (tunnel === undefined || this.#used !== used) {
      const name = endpointText(destination.host, destination.port);
      this.#refuse(
        client,
        refusal ?? { ...proxyFailures['proxy-session-ended'](name), kind: 'failed' },
      );
      return;
    }
    this.#carry(tunnel, this.#destination(used, destination), client, destination);
  }

  #destination(used: Used, destination: Destination): FastDestination {
    const key = endpointText(destination.host, destination.port);
    const known = used.destinations.get(key);
    if (known !== undefined) return known;
    const added = createFastDestination(this.#context, destination, () =>
      used.destinations.delete(key),
    );
    used.destinations.set(key, added);
    return added;
  }

  #carry(
    tunnel: SharedTunnel,
    shown: FastDestination,
    client: ProxyClient,
    { host, port }: Destination,
  ): void {
    if (!shown.admit(client.socket)) return;
    carryConnection(
      client.socket,
      (handlers) => tunnel.open({ kind: 'tcp', address: host, port }, handlers),
      {
        opened: () => client.accept(),
        answered: () => undefined,
        refused: (reset) => {
          if (reset.code !== 'lost' && reset.code !== 'limit') shown.failed();
          this.#refuse(
            client,
            streamRefusal(this.#context.target, endpointText(host, port), reset),
          );
        },
        reset: () => undefined,
      },
    );
  }

  #refuse(client: ProxyClient, refusal: Refusal): void {
    client.refuse(refusal);
    drainClient(client.socket, this.#context.clock);
  }
}
