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
import type { FastDestination } from './fast-destination.ts';
import { createSharedDestinations, type SharedDestinations } from './shared-destinations.ts';
import { streamRefusal } from './stream-refusal.ts';

/** What keeps one of the tunnels, and a use of it that has begun. */
export interface FastPlace {
  readonly keeper: TunnelKeeper;
  readonly use: TunnelUse;
}

/** What a pool with tunnels works with. */
export interface FastPoolContext extends DestinationContext {
  readonly places: readonly FastPlace[];
  readonly reportError: (error: Error) => void;
}

/** Carries the connections of a proxy through tunnels, which are opened again when a client needs one. */
export function createFastPool(context: FastPoolContext): Pool {
  return new FastPool(context);
}

/** One of the tunnels, and those that replace it. */
interface Place {
  readonly keeper: TunnelKeeper;
  /** Undefined while there is no tunnel. */
  used: Used | undefined;
  /** Why there is none now. */
  refusal: Refusal | undefined;
}

/** A tunnel that is used now. */
interface Used {
  readonly use: TunnelUse;
  /** Undefined until it is open. */
  tunnel: SharedTunnel | undefined;
  /** Clients that wait for it, and those it carries. */
  clients: number;
}

class FastPool implements Pool {
  readonly #context: FastPoolContext;
  readonly #destinations: SharedDestinations;
  readonly #places: readonly Place[];
  readonly #clients = new Set<ProxyClient['socket']>();
  /** Ends the tunnels when they have had no connection for a while. */
  #idle: Timer | undefined;
  #isClosed = false;

  constructor(context: FastPoolContext) {
    this.#context = context;
    this.#destinations = createSharedDestinations(context);
    this.#places = context.places.map(({ keeper, use }) => {
      const place: Place = { keeper, used: undefined, refusal: undefined };
      this.#begin(place, use);
      return place;
    });
    this.#limitIdleness();
  }

  connect(client: ProxyClient, destination: Destination): void {
    const { socket } = client;
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    for (const place of this.#places) {
      if (place.used === undefined && !this.#pauses(place)) this.#begin(place, place.keeper.use());
    }
    const used = this.#choose();
    if (used === undefined) {
      const refusal = this.#places.find((place) => place.refusal !== undefined)?.refusal;
      this.#refuse(client, refusal ?? sessionEnded(destination));
      return;
    }
    this.#idle?.cancel();
    this.#clients.add(socket);
    used.clients++;
    socket.once('close', () => {
      used.clients--;
      this.#clients.delete(socket);
      // Those of a lost tunnel may stay for long: they use none.
      if (this.#places.every((place) => (place.used?.clients ?? 0) === 0)) this.#limitIdleness();
    });
    void this.#serve(used, client, destination);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const socket of this.#clients) socket.destroy();
    this.#idle?.cancel();
    await this.#releaseAll();
  }

  #pauses({ keeper, refusal }: Place): boolean {
    return refusal !== undefined && keeper.pace.pauseMs(this.#context.clock.monotonic()) > 0;
  }

  /** @returns the tunnel that carries the least; before any is open, the one for which the fewest wait */
  #choose(): Used | undefined {
    const all = this.#places.flatMap(({ used }) => used ?? []);
    const open = all.filter(({ tunnel }) => tunnel?.isConnected() === true);
    const [least] = (open.length > 0 ? open : all).sort(
      (one, other) => loadOf(one) - loadOf(other),
    );
    return least;
  }

  #begin(place: Place, use: TunnelUse): void {
    const used: Used = { use, tunnel: undefined, clients: 0 };
    place.used = used;
    void this.#follow(place, used);
  }

  #limitIdleness(): void {
    if (this.#isClosed) return;
    this.#idle?.cancel();
    this.#idle = this.#context.clock.after(IDLE_SESSION_MS, () => void this.#releaseAll());
  }

  async #releaseAll(): Promise<void> {
    const all = this.#places.flatMap(({ used }) => used ?? []);
    for (const place of this.#places) place.used = undefined;
    await Promise.all(all.map(({ use }) => use.release()));
  }

  /** Sees to the end of the tunnel. */
  async #follow(place: Place, used: Used): Promise<void> {
    const { clock, reportError } = this.#context;
    const { pace } = place.keeper;
    let openedAt: number | undefined;
    let error: Error | undefined;
    try {
      const tunnel = await used.use.opened;
      if (tunnel !== undefined) {
        used.tunnel = tunnel;
        openedAt = clock.monotonic();
        const unfollow = tunnel.follow((event) => this.#destinations.connection(used, event));
        error = await tunnel.ended;
        unfollow();
      }
    } catch (failure) {
      error = asError(failure);
    }
    const isWanted = place.used === used;
    if (isWanted) place.used = undefined;
    const now = clock.monotonic();
    if (openedAt !== undefined && now - openedAt >= SHORT_SESSION_MS) pace.succeeded();
    else if (error !== undefined) pace.failed(now, openedAt !== undefined);
    const failure = error && reportedFailure(error);
    place.refusal = failure && { ...failure, kind: 'failed' };
    this.#destinations.lost(used, failure);
    // Whatever is wrong with a tunnel, the next client gets another one. What is wrong with all is reported once.
    const isKnown = this.#places.some(
      (other) =>
        other !== place &&
        other.used === undefined &&
        failure !== undefined &&
        other.refusal?.problem === failure.problem,
    );
    if (error !== undefined && isWanted && !isKnown) reportError(error);
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
    if (tunnel === undefined || this.#places.every((place) => place.used !== used)) {
      this.#refuse(client, refusal ?? sessionEnded(destination));
      return;
    }
    this.#carry(tunnel, this.#destinations.in(used, destination), client, destination);
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

function loadOf({ tunnel, clients }: Used): number {
  return tunnel === undefined ? clients : tunnel.load();
}

function sessionEnded({ host, port }: Destination): Refusal {
  return { ...proxyFailures['proxy-session-ended'](endpointText(host, port)), kind: 'failed' };
}
