import { createDeferred } from '../../../lib/deferred.ts';
import { createLocalPort, type LocalPort } from '../../../session/port/listen/local-port.ts';
import type { SessionEvent } from '../../../session/session-event.ts';
import type { PortChange, PortFailure } from '../forwarded-port.ts';
import {
  countSessions,
  PORT_SESSION_TRANSITIONS,
  type PortSessionEvent,
  type PortSessionState,
} from './session-states.ts';

/**
 * Sessions of one port that are being started at the same time. AWS allows an account only a few StartSession
 * calls a second.
 */
const STARTS_AT_ONCE = 4;

/** How a session ended. */
export type SessionOutcome =
  /** The user, a signal or the remote side wanted it to end. */
  | { readonly kind: 'ended'; readonly status: number }
  | ({ readonly kind: 'failed'; readonly status: number } & PortFailure);

/** What one session of a port gets. */
export interface PortSession {
  readonly localPort: LocalPort;
  readonly onEvent: (event: PortSessionEventOf) => void;
}

/** The events of a session that runs in a port: how it ended is its outcome. */
export type PortSessionEventOf = Exclude<SessionEvent, { readonly kind: 'session-ended' }>;

/** What a forwarded port is run with. */
export interface PortSessionsOptions {
  /** How many sessions serve the port. */
  readonly count: number;
  /** Runs one of them to its end, and has reported its failure then. */
  readonly run: (session: PortSession) => Promise<SessionOutcome>;
  /** Receives what happens to the port, but for its end. */
  readonly report: (change: PortChange) => void;
  /** Resolves when a signal ends the sessions. */
  readonly interrupted: Promise<unknown>;
}

/**
 * Runs all sessions of one port. The others are started when the first one listens: what is wrong for all is
 * reported once. One that cannot be started, or fails, leaves the others working, but no more are started after one
 * that cannot be.
 *
 * @returns how the port ended: as the session did that was the last to take connections, or as the first one
 *   when none did
 */
export function runPortSessions(options: PortSessionsOptions): Promise<SessionOutcome> {
  return new PortSessions(options).run();
}

class PortSessions {
  readonly #options: PortSessionsOptions;
  readonly #localPort: LocalPort;
  readonly #states: PortSessionState[];
  /** Why sessions have lost their connection, in the order in which they did. */
  readonly #lost = new Map<number, Extract<SessionEvent, { readonly kind: 'reconnecting' }>>();
  /** Of the sessions that have ended. */
  readonly #outcomes = new Map<number, SessionOutcome>();
  /** The session that was the last to stop taking connections. */
  #lastServing: number | undefined;
  #hasListened = false;
  /** No session has a connection to the service, which has been reported. */
  #isCutOff = false;
  #isInterrupted = false;
  #next = 1;

  constructor(options: PortSessionsOptions) {
    this.#options = options;
    this.#states = Array.from({ length: options.count }, () => 'starting');
    this.#localPort = createLocalPort({
      onEvent: options.report,
      expectsSessions: () => this.#states.includes('starting'),
    });
    void options.interrupted.then(() => (this.#isInterrupted = true));
  }

  async run(): Promise<SessionOutcome> {
    const first = this.#start(0);
    try {
      await Promise.all([first.exited, this.#startOthers(first.joinedOrExited)]);
    } finally {
      this.#localPort.close();
    }
    const outcome = this.#outcomes.get(this.#lastServing ?? 0);
    return outcome ?? first.exited;
  }

  async #startOthers(firstJoinedOrExited: Promise<unknown>): Promise<void> {
    await firstJoinedOrExited;
    if (this.#states[0] !== 'ended') {
      await Promise.all(Array.from({ length: STARTS_AT_ONCE }, () => this.#startOneByOne()));
    }
  }

  async #startOneByOne(): Promise<void> {
    const started: Promise<unknown>[] = [];
    while (this.#next < this.#options.count && !this.#isInterrupted) {
      const { exited, joinedOrExited } = this.#start(this.#next++);
      started.push(exited);
      await joinedOrExited;
    }
    await Promise.all(started);
  }

  #start(index: number): {
    readonly exited: Promise<SessionOutcome>;
    readonly joinedOrExited: Promise<unknown>;
  } {
    const joined = createDeferred<undefined>();
    const onEvent = (event: PortSessionEventOf): void => {
      this.#receive(index, event);
      if (event.kind === 'joined') joined.resolve(undefined);
    };
    const exited = this.#run(index, onEvent);
    return { exited, joinedOrExited: Promise.race([exited, joined.promise]) };
  }

  async #run(index: number, onEvent: PortSession['onEvent']): Promise<SessionOutcome> {
    const outcome = await this.#options.run({ localPort: this.#localPort, onEvent });
    this.#outcomes.set(index, outcome);
    if (this.#states[index] === 'starting' && outcome.kind === 'failed') this.#startNoMore();
    this.#advance(index, 'exited');
    const othersGoOn = this.#states.some((state) => state !== 'ended');
    if (this.#hasListened && othersGoOn && !this.#isInterrupted) this.#reportOne(outcome);
    return outcome;
  }

  /** What prevents one from starting, such as a quota, prevents the next ones, too, and is reported once. */
  #startNoMore(): void {
    this.#states.fill('ended', this.#next);
    this.#next = this.#options.count;
  }

  #reportOne(outcome: SessionOutcome): void {
    const sessions = countSessions(this.#states);
    if (outcome.kind === 'ended') {
      this.#options.report({ kind: 'sessions', because: 'ended', sessions });
    } else {
      const { reason, code, message } = outcome;
      this.#options.report({ kind: 'session-failed', reason, code, message, sessions });
    }
  }

  #receive(index: number, event: PortSessionEventOf): void {
    switch (event.kind) {
      case 'joined':
        this.#hasListened = true;
        this.#reportIf(this.#advance(index, 'joined'), 'joined');
        break;
      case 'left':
        if (this.#states[index] !== 'starting') this.#lastServing = index;
        this.#advance(index, 'left');
        break;
      case 'reconnecting':
        this.#lost.set(index, event);
        this.#reportIf(this.#advance(index, 'lost'), 'lost');
        break;
      case 'reconnected':
        this.#lost.delete(index);
        this.#reportIf(this.#advance(index, 'resumed'), 'resumed');
        break;
      case 'requested':
      case 'answered':
      case 'session-ending':
        break;
      case 'destination-failed':
      case 'listening':
      case 'connected':
      case 'disconnected':
      case 'refused':
        this.#options.report(event);
    }
  }

  /** @returns whether the state of the session has changed */
  #advance(index: number, event: PortSessionEvent): boolean {
    const before = this.#states[index] ?? 'ended';
    const state = PORT_SESSION_TRANSITIONS[before][event];
    this.#states[index] = state;
    if (state === 'ended') this.#lost.delete(index);
    this.#checkConnections(event);
    return state !== before;
  }

  /** The port is cut off when each session is, and works again when one of them does. */
  #checkConnections(event: PortSessionEvent): void {
    const [cause] = this.#lost.values();
    const isUp = this.#states.includes('up');
    const isCutOff = cause !== undefined && !isUp;
    if (isCutOff === this.#isCutOff) return;
    this.#isCutOff = isCutOff;
    if (isCutOff) this.#options.report(cause);
    else if (isUp || event === 'resumed') this.#options.report({ kind: 'reconnected' });
  }

  #reportIf(
    hasChanged: boolean,
    because: Extract<PortChange, { readonly kind: 'sessions' }>['because'],
  ): void {
    const sessions = countSessions(this.#states);
    if (hasChanged && sessions.of > 1)
      this.#options.report({ kind: 'sessions', because, sessions });
  }
}
