import type { LocalEnd, SessionFailure } from '../../ending.ts';
import type { SessionLink } from '../../session-type.ts';
import type { LocalPortEvent } from '../port-event.ts';
import type { PortHost } from '../port-host.ts';
import { exposedWarning, refusedWarning } from '../port-texts.ts';
import { createAdmission } from './admission.ts';
import type { ListeningOn } from './bind.ts';
import { chooseSession, type ProbeResult, type ServingSession } from './choose-session.ts';
import type { Listener, ListenerEvents } from './listener.ts';
import {
  LOCAL_PORT_TRANSITIONS,
  type LocalPortInput,
  type LocalPortState,
} from './local-port-state.ts';
import { createWaitingConnections, type PeerWatch, type WaitingConnections } from './waiting.ts';

/** A session that takes connections of a local port. */
export interface JoiningSession extends ServingSession {
  readonly link: Pick<SessionLink, 'sessionId' | 'print' | 'warn' | 'end'>;
  readonly host: Pick<PortHost, 'freeDescriptors' | 'presentation'>;
  /** Listens where the agent wants the session to listen. Called for the first session of a port. */
  openListener(events: ListenerEvents): Listener;
  /** Local programs can connect. Called once, before the first connection. */
  listening(): void;
}

/** The part of a session in its local port. */
export interface Membership {
  /** The session may be able to take a connection that it could not take before. */
  changed(): void;
  /** The session takes no more connections. Those that it has taken stay open. Idempotent. */
  leave(): void;
}

/**
 * The local end of a forwarding: it listens, and gives each connection to one of its sessions, of which
 * there may be several, or none for a while.
 */
export interface LocalPort {
  /** Opens the source of its connections now: they wait for the first session. */
  open(host: Pick<PortHost, 'freeDescriptors'>): void;
  /**
   * A session begins to take connections. The first one opens the listener, prints its address, and ends with
   * the reason when the port cannot listen. One that joins a closed port ends.
   */
  join(session: JoiningSession): Membership;
  /**
   * Lets the least busy session find out whether the agent can connect to the destination.
   *
   * @param done - is not called when there is no session, or it ends before that is known
   */
  probe(done: (result: ProbeResult) => void): void;
  /** Stops listening, and closes the connections that no session has taken. Idempotent. */
  close(): void;
}

/** What a local port works with. */
export interface LocalPortOptions {
  /** Receives what happens on the local side; undefined for no listener. */
  readonly onEvent: ((event: LocalPortEvent) => void) | undefined;
  /**
   * Whether the port goes on listening when its last session leaves, because others will join. By default it
   * closes.
   */
  readonly expectsSessions?: () => boolean;
  /**
   * Brings the connections, in place of a listener where the agent wants the session to listen. Called for the
   * first session, or by `open`.
   */
  readonly source?: (events: ListenerEvents) => Listener;
  /** Notices that a program has closed a connection that waits; by default, a session does when it takes it. */
  readonly peers?: PeerWatch;
}

/** A port that does not listen yet. */
export function createLocalPort(options: LocalPortOptions): LocalPort {
  return new SharedPort(options);
}

class SharedPort implements LocalPort {
  readonly #options: LocalPortOptions;
  /** In the order in which they got their last connection. */
  readonly #sessions = new Set<JoiningSession>();
  #state: LocalPortState = 'new';
  /** How a session ends that joins when the port is closed. */
  #end: LocalEnd = { kind: 'leave', text: '', exitCode: 0 };
  #listener: Listener | undefined;
  readonly #waiting: WaitingConnections;

  constructor(options: LocalPortOptions) {
    this.#options = options;
    this.#waiting = createWaitingConnections(options.peers);
  }

  open(host: Pick<PortHost, 'freeDescriptors'>): void {
    const { source } = this.#options;
    if (this.#state !== 'new' || source === undefined) return;
    this.#advance('joined');
    this.#openSource(source, host);
  }

  join(session: JoiningSession): Membership {
    this.#sessions.add(session);
    const state = this.#state;
    this.#advance('joined');
    switch (state) {
      case 'new':
        this.#open(session);
        break;
      case 'binding':
        break;
      case 'listening':
        this.#begin(session);
        break;
      case 'closed':
        session.link.end(this.#end);
    }
    this.#distribute();
    return {
      changed: () => this.#distribute(),
      leave: () => this.#leave(session),
    };
  }

  probe(done: (result: ProbeResult) => void): void {
    chooseSession(this.#sessions)?.probe(done);
  }

  close(): void {
    this.#advance('closed');
    this.#listener?.close();
    this.#waiting.close();
  }

  #advance(input: LocalPortInput): void {
    this.#state = LOCAL_PORT_TRANSITIONS[this.#state][input];
  }

  #open(session: JoiningSession): void {
    const source = this.#options.source ?? ((events) => session.openListener(events));
    this.#openSource(source, session.host, session);
  }

  #openSource(
    source: (events: ListenerEvents) => Listener,
    host: Pick<PortHost, 'freeDescriptors'>,
    session?: JoiningSession,
  ): void {
    const { onEvent } = this.#options;
    const admission = createAdmission(host, (event) => {
      if (onEvent !== undefined) onEvent(event);
      else if (event.kind === 'refused') session?.link.warn(refusedWarning(event));
    });
    this.#listener = source({
      listening: (on) => this.#listening(on, session),
      failed: (failure) => this.#failed(failure),
      connection: (connection) => {
        if (this.#state === 'closed') {
          connection.destroy();
          return;
        }
        if (!admission.admit(connection, this.#waiting.size)) return;
        this.#waiting.add(connection);
        this.#distribute();
      },
    });
  }

  #listening(on: ListeningOn, session: JoiningSession | undefined): void {
    this.#advance('bound');
    const warning = exposedWarning(on);
    const isOwn = this.#options.source === undefined;
    if (isOwn && warning !== undefined) session?.link.warn(warning);
    session?.link.print(session.host.presentation.wording.portOpened(on, session.link.sessionId));
    this.#options.onEvent?.({ kind: 'listening', on });
    for (const joined of this.#sessions) this.#begin(joined);
  }

  #failed(failure: SessionFailure): void {
    this.#advance('closed');
    this.#end = { kind: 'cannot-start', failure };
    for (const { link } of this.#sessions) link.end(this.#end);
  }

  #begin(session: JoiningSession): void {
    session.listening();
    session.host.presentation.onEvent?.({ kind: 'joined' });
  }

  #leave(session: JoiningSession): void {
    if (!this.#sessions.delete(session)) return;
    session.host.presentation.onEvent?.({ kind: 'left' });
    if (this.#sessions.size === 0 && this.#options.expectsSessions?.() !== true) this.close();
  }

  #distribute(): void {
    while (this.#state === 'listening') {
      const connection = this.#waiting.first;
      if (connection === undefined) return;
      const session = chooseSession(this.#sessions);
      if (session === undefined) {
        for (const busy of this.#sessions) busy.crowded();
        return;
      }
      this.#waiting.remove(connection);
      // The least recently chosen one of equals is next.
      this.#sessions.delete(session);
      this.#sessions.add(session);
      session.take(connection);
    }
  }
}
