import type { AcquiredSignals } from '../../../cli/process/signals/command-signals.ts';
import type { RestartPace } from '../../../cli/run/start/restart-pace.ts';
import type { TurnEvents } from '../../../cli/run/start/start-queue.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';
import type { AcceptedStream } from '../../../relay/protocol/tunnel-run.ts';
import type { Tunnel } from '../../../relay/protocol/tunnel.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Listener, ListenerEvents } from '../../../session/port/listen/listener.ts';
import type { LocalPort } from '../../../session/port/listen/local-port.ts';
import type { PortHost } from '../../../session/port/port-host.ts';
import type { SessionEvent } from '../../../session/session-event.ts';
import type { PortChange } from '../../../cli/ports/forwarded-port.ts';
import type { ForwardSignals } from './forward-signals.ts';
import type { FailedOutcome, SessionOutcome } from './next-step.ts';

/** What one session of a port gets. */
export interface PortSession {
  readonly localPort: LocalPort;
  readonly acquired: AcquiredSignals;
  /** Which of the sessions of its port it is, from 0. */
  readonly place: number;
  /** It is started some time after its target was found, which may be another one now. */
  readonly isLater: boolean;
  /** Whether the port has ended it, so that its end is not explained. */
  readonly isDismissed: () => boolean;
  readonly onEvent: (event: PortSessionEventOf) => void;
  /** Takes the id of its target. */
  readonly onTarget: (target: string) => void;
  /** What the port shows of its turns to be started. */
  readonly turns: TurnEvents;
}

/** The events of a session that runs in a port: how it ended is its outcome. */
export type PortSessionEventOf = Exclude<SessionEvent, { readonly kind: 'session-ended' }>;

/** When a port has sessions. */
export interface SessionPolicy {
  /** How many serve it. */
  readonly count: number;
  /** Whether a session that has ended is replaced. */
  readonly restarts: boolean;
  /** Whether the first one is started by the first connection. */
  readonly onDemand: boolean;
  /** Without a connection, sessions are ended after this time, in milliseconds; undefined for never. */
  readonly idleMs: number | undefined;
  /** Whether it is found out that the destination answers. */
  readonly checks: boolean;
  /** Whether a session that has ended is replaced without a local program that connects: others do, on the target. */
  readonly isAlwaysWanted?: boolean;
}

/** A listener that needs no session. */
export interface PortListener extends Pick<PortHost, 'freeDescriptors'> {
  open(events: ListenerEvents): Listener;
  /** Only where the target listens: each tunnel of the port does that again. */
  readonly reverse?: ReverseEnd;
}

/** A port of the target whose connections are made to a destination here. */
export interface ReverseEnd {
  /**
   * Listens on the target.
   *
   * @returns ends that; connections stay
   */
  listenThrough(
    tunnel: Pick<Tunnel, 'listen'>,
    events: {
      /** It listens. */
      readonly opened: () => void;
      readonly failed: (failure: SessionFailure) => void;
      /** The destination here cannot be reached. */
      readonly unreachable: () => void;
    },
  ): () => void;
  /** The connection of the target that one here belongs to. Each is taken once. */
  accepted(connection: LocalSocket): AcceptedStream | undefined;
}

/** What a forwarded port is run with. */
export interface PortSessionsOptions extends Pick<PortHost, 'hasPeerClosed'> {
  readonly policy: SessionPolicy;
  /** Runs one session to its end. */
  readonly run: (session: PortSession) => Promise<SessionOutcome>;
  /** Receives what happens to the port, but for its end. */
  readonly report: (change: PortChange) => void;
  /** Takes a failure after which there are no more sessions. */
  readonly reportFailure: (outcome: FailedOutcome) => void;
  readonly signals: ForwardSignals;
  /** Undefined when the port listens where its first session wants. */
  readonly listener: PortListener | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How soon each session is followed by the next one; by default each has a pace of its own. */
  readonly paceOf?: ((place: number) => RestartPace) | undefined;
}
