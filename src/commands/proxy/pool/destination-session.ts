import { endpointText } from '../../../lib/endpoint-text.ts';
import type { Timer } from '../../../lib/clock.ts';
import { proxyFailures } from '../../../failures/proxy.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';
import type { ListenerEvents } from '../../../session/port/listen/listener.ts';
import { createLocalPort, type LocalPort } from '../../../session/port/listen/local-port.ts';
import type { ListeningOn } from '../../../session/port/listen/bind.ts';
import {
  createWaitingConnections,
  type PeerWatch,
  type WaitingConnections,
} from '../../../session/port/listen/waiting.ts';
import type { LocalPortEvent } from '../../../session/port/port-event.ts';
import type { SessionEvent } from '../../../session/session-event.ts';
import { drainClient } from '../clients/drain-client.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import type { Destination } from '../rules/destination.ts';
import { createPendingReply, type PendingReply } from './pending-reply.ts';
import { refusalOf } from './session-refusal.ts';
import {
  POOL_TRANSITIONS,
  REACHABILITY_AFTER,
  type PoolEvent,
  type PoolState,
  type Reachability,
} from './pool-state.ts';

/** What a session of the pool reports about its destination. */
export type DestinationEvent =
  LocalPortEvent | SessionEvent | { readonly kind: 'starting' | 'ended' };

/** What the sessions of a pool work with. */
export interface DestinationContext extends PeerWatch {
  /** The target as people know it. */
  readonly target: string;
  /** Where the proxy listens. */
  readonly on: ListeningOn;
  readonly report: (destination: Destination, event: DestinationEvent) => void;
}

/** One session of the pool, from the first connection to its destination on. */
export class DestinationSession {
  readonly destination: Destination;
  /** Is set when the session is started, and asks it to end. */
  stop: (() => void) | undefined;
  /** Since when it is idle, in monotonic milliseconds. */
  idleSince = 0;
  idleTimer: Timer | undefined;
  readonly #context: DestinationContext;
  /** Called after each change of its state. */
  readonly #changed: () => void;
  readonly #waiting = new Set<ProxyClient>();
  /** Their connections: one that its program has closed is closed. */
  readonly #unread: WaitingConnections;
  readonly #replies = new Map<LocalSocket, PendingReply>();
  #state: PoolState = 'queued';
  #reachability: Reachability = 'untried';
  #feed: ListenerEvents | undefined;

  constructor(destination: Destination, context: DestinationContext, changed: () => void) {
    this.destination = destination;
    this.#context = context;
    this.#changed = changed;
    this.#unread = createWaitingConnections(context);
  }

  get state(): PoolState {
    return this.#state;
  }

  /** Of its destination. */
  get reachability(): Reachability {
    return this.#reachability;
  }

  /** Where the session gets its connections from. */
  createLocalPort(): LocalPort {
    const { on, report } = this.#context;
    return createLocalPort({
      onEvent: (event) => report(this.destination, event),
      source: (events) => {
        let state: 'opening' | 'open' | 'closed' = 'opening';
        // The session is not ready for connections before this call returns.
        queueMicrotask(() => {
          // A session may end before: its clients wait, and are refused.
          if (state === 'closed') return;
          state = 'open';
          events.listening(on);
          this.#feed = events;
          const clients = this.#takeWaiting();
          // A session that is idle may be stopped at once.
          this.dispatch(clients.length > 0 ? 'connected' : 'joined');
          for (const client of clients) this.#give(client, events);
          if (this.#replies.size === 0) this.dispatch('emptied');
        });
        return {
          close: () => {
            state = 'closed';
            this.#feed = undefined;
          },
        };
      },
    });
  }

  dispatch(event: PoolEvent): void {
    const before = this.#state;
    this.#state = POOL_TRANSITIONS[before][event] ?? before;
    if (this.#state === before) return;
    this.idleTimer?.cancel();
    if (this.#state === 'idle') this.idleSince = this.#context.clock.monotonic();
    this.#changed();
  }

  /** A client connects, now or when the session has started. */
  connect(client: ProxyClient): void {
    if (this.#feed !== undefined) {
      this.#give(client, this.#feed);
      return;
    }
    this.#waiting.add(client);
    this.#unread.add(client.socket);
    client.socket.once('close', () => {
      if (!this.#waiting.delete(client)) return;
      this.#unread.remove(client.socket);
      if (this.#waiting.size === 0) this.dispatch('abandoned');
    });
  }

  /** Takes what happens in the session. */
  receive(event: SessionEvent): void {
    this.#context.report(this.destination, event);
    switch (event.kind) {
      case 'requested':
        this.#replies.get(event.connection)?.requested();
        break;
      case 'answered':
        this.#answered(event.connection, event.by);
        break;
      case 'session-ending':
        this.dispatch('stop');
        if (event.failure !== undefined) this.#refuseAll(refusalOf(event.failure));
        break;
      case 'left':
        this.dispatch('stop');
        this.#refuseAll(this.#lost());
        break;
      default:
    }
  }

  /** Refuses the clients that no session has taken. */
  refuse(refusal: Refusal = this.#lost()): void {
    for (const client of this.#takeWaiting()) {
      client.refuse(refusal);
      drainClient(client.socket, this.#context.clock);
    }
  }

  /** Closes the connections that no session has taken, and ends before it is started. */
  abandon(): void {
    for (const { socket } of this.#takeWaiting()) socket.destroy();
    this.dispatch('abandoned');
  }

  #takeWaiting(): readonly ProxyClient[] {
    const clients = [...this.#waiting];
    this.#waiting.clear();
    for (const { socket } of clients) this.#unread.remove(socket);
    return clients;
  }

  #give(client: ProxyClient, feed: ListenerEvents): void {
    const { socket } = client;
    if (socket.destroyed) return;
    const reply = createPendingReply(client, this.#context.clock);
    this.#replies.set(socket, reply);
    socket.once('close', () => {
      reply.closed();
      this.#replies.delete(socket);
      if (this.#replies.size === 0) this.dispatch('emptied');
    });
    this.dispatch('connected');
    if (this.#reachability === 'answers') reply.answered();
    feed.connection(socket);
  }

  #answered(socket: LocalSocket, by: 'bytes' | 'end' | 'failure'): void {
    this.#reachability = REACHABILITY_AFTER[by];
    const reply = this.#replies.get(socket);
    if (this.#reachability === 'answers') {
      reply?.answered();
      return;
    }
    const { target } = this.#context;
    const { host, port } = this.destination;
    const failure = proxyFailures['proxy-destination-unreachable'](
      target,
      endpointText(host, port),
    );
    reply?.failed({ ...failure, kind: 'unreachable' });
  }

  /** Refuses the clients without a reply. The connections of the others end with the session, without a reset. */
  #refuseAll(refusal: Refusal): void {
    for (const reply of this.#replies.values()) reply.sessionEnded(refusal);
  }

  #lost(): Refusal {
    const { host, port } = this.destination;
    const failure = proxyFailures['proxy-session-ended'](endpointText(host, port));
    return { ...failure, kind: 'failed' };
  }
}
