import { JOIN_TIMEOUT_MS, STARTS_AT_ONCE } from '../../../cli/run/start/start-limits.ts';
import { proxyFailures } from '../../../failures/proxy.ts';
import { createDeferred } from '../../../lib/deferred.ts';
import { endpointText } from '../../../lib/endpoint-text.ts';
import type { ProxyClient, Refusal } from '../clients/proxy-client.ts';
import type { Destination } from '../rules/destination.ts';
import { DestinationSession, type DestinationContext } from './destination-session.ts';
import type { Reachability } from './pool-state.ts';

/** Sessions of a proxy at the same time: each is a process of the agent on the target. */
export const MAX_SESSIONS = 20;
/** A session without connections ends after this time: a browser asks again within it. */
export const IDLE_SESSION_MS = 5 * 60_000;
/** The same after a failed connect: the agent resolves the name only when a session starts. */
export const IDLE_FAILED_SESSION_MS = 10_000;
/** How long a client waits for room for one more session. */
export const ROOM_TIMEOUT_MS = 30_000;

const IDLE_MS: Readonly<Record<Reachability, number>> = {
  untried: IDLE_SESSION_MS,
  answers: IDLE_SESSION_MS,
  fails: IDLE_FAILED_SESSION_MS,
};

/** Runs a session to its end. @returns why clients that it has not taken are refused; undefined when it was stopped */
export type RunDestination = (session: DestinationSession) => Promise<Refusal | undefined>;

/** The sessions of a proxy, one for each destination. */
export interface Pool {
  connect(client: ProxyClient, destination: Destination): void;
  /** Ends all sessions. Resolves when they have ended. */
  close(): Promise<void>;
}

/** A pool without sessions. */
export function createPool(context: DestinationContext, run: RunDestination): Pool {
  return new SessionPool(context, run);
}

class SessionPool implements Pool {
  readonly #context: DestinationContext;
  readonly #run: RunDestination;
  /** In the order of their first connections. */
  readonly #sessions = new Set<DestinationSession>();
  /** Those that take connections, or will. */
  readonly #byKey = new Map<string, DestinationSession>();
  #closed: ReturnType<typeof createDeferred<undefined>> | undefined;

  constructor(context: DestinationContext, run: RunDestination) {
    this.#context = context;
    this.#run = run;
  }

  connect(client: ProxyClient, destination: Destination): void {
    if (this.#closed !== undefined) {
      client.socket.destroy();
      return;
    }
    const key = endpointText(destination.host, destination.port);
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.connect(client);
      return;
    }
    const session = this.#add(key, destination);
    session.connect(client);
    this.#startQueued();
  }

  close(): Promise<void> {
    this.#closed ??= createDeferred<undefined>();
    for (const session of [...this.#sessions]) {
      if (session.state === 'queued' || session.state === 'crowded') session.abandon();
      else this.#stop(session);
    }
    this.#checkClosed();
    return this.#closed.promise;
  }

  #add(key: string, destination: Destination): DestinationSession {
    const session = new DestinationSession(destination, this.#context, () => changed());
    const { clock } = this.#context;
    const changed = (): void => {
      switch (session.state) {
        case 'idle':
          session.idleTimer = clock.after(IDLE_MS[session.reachability], () => this.#stop(session));
          break;
        case 'ending':
        case 'ended':
          if (this.#byKey.get(key) === session) this.#byKey.delete(key);
          if (session.state === 'ended') this.#sessions.delete(session);
          break;
        case 'starting':
          session.idleTimer = clock.after(JOIN_TIMEOUT_MS, () => this.#stop(session));
          break;
        case 'crowded':
          session.idleTimer = clock.after(ROOM_TIMEOUT_MS, () => {
            session.refuse({ ...proxyFailures['proxy-busy'](MAX_SESSIONS), kind: 'busy' });
            session.dispatch('ended');
          });
          break;
        case 'queued':
        case 'busy':
      }
      this.#startQueued();
      this.#checkClosed();
    };
    this.#sessions.add(session);
    this.#byKey.set(key, session);
    return session;
  }

  /** Starts one that there is room for, or makes room for one. Each change of a state calls this again. */
  #startQueued(): void {
    if (this.#closed !== undefined) return;
    const waiting = this.#in('queued', 'crowded');
    const room = MAX_SESSIONS - (this.#sessions.size - waiting.length);
    const [excess] = waiting.slice(room).filter(({ state }) => state === 'queued');
    const [lucky] = waiting.slice(0, room).filter(({ state }) => state === 'crowded');
    const [next] = this.#in('queued');
    if (excess !== undefined) excess.dispatch('crowded');
    else if (lucky !== undefined) lucky.dispatch('room');
    else if (next !== undefined && this.#in('starting').length < STARTS_AT_ONCE) {
      void this.#runOne(next);
    } else if (this.#in('crowded').length > this.#in('ending').length) {
      const [longest] = this.#in('idle').sort((a, b) => a.idleSince - b.idleSince);
      if (longest !== undefined) this.#stop(longest);
    }
  }

  async #runOne(session: DestinationSession): Promise<void> {
    session.dispatch('start');
    this.#context.report(session.destination, { kind: 'starting' });
    session.refuse(await this.#run(session));
    this.#context.report(session.destination, { kind: 'ended' });
    session.dispatch('ended');
  }

  #stop(session: DestinationSession): void {
    session.dispatch('stop');
    session.stop?.();
  }

  #in(...states: readonly DestinationSession['state'][]): DestinationSession[] {
    return [...this.#sessions].filter(({ state }) => states.includes(state));
  }

  #checkClosed(): void {
    if (this.#sessions.size === 0) this.#closed?.resolve(undefined);
  }
}
