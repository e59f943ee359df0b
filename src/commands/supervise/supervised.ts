import type {
  ConnectionStatus,
  PortStateName,
  PortStatus,
  ReportedError,
} from '../../cli/background/connection-status.ts';
import type { Job } from '../../cli/background/protocol.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { createBackOff, type BackOff } from '../../session/connection/back-off.ts';
import type { ConnectionProcess, ProcessEvents } from './connection-process.ts';
import type { ProcessReport } from '../../cli/background/process-report.ts';
import {
  stateAfter,
  type ProcessEnd,
  type SupervisedEvent,
  type SupervisedState,
} from './supervised-state.ts';

/** Pauses before a process is started again: as short as those of `forward` before a session. */
const FIRST_PROCESS_PAUSE_MS = 1_000;
const MAX_PROCESS_PAUSE_MS = 30_000;
const MS_PER_SECOND = 1_000;

/** What a connection in the background needs. */
export interface SupervisedOptions {
  readonly job: Job;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly start: (events: ProcessEvents) => ConnectionProcess;
  /** Its status has changed. */
  readonly changed: () => void;
  /** A line for its log. */
  readonly log: (text: string) => void;
}

/** A connection in the background: its process, and those that replace it. */
export interface Supervised {
  readonly status: Omit<ConnectionStatus, 'attached'>;
  /** Whether it was stopped. */
  readonly isEnding: boolean;
  /** Whether it waits for a sign-in. */
  readonly isSignedOut: boolean;
  /** Resolves when its process has ended after `stop`. */
  readonly down: Promise<void>;
  stop(): void;
  /** Files with credentials have changed: it tries again now. */
  signInRenewed(): void;
}

/** Bytes and connections of the processes that have ended. */
interface Totals {
  connections: number;
  sent: number;
  received: number;
}

/** Starts the process of a connection. */
export function createSupervised(options: SupervisedOptions): Supervised {
  return new SupervisedConnection(options);
}

class SupervisedConnection implements Supervised {
  readonly #options: SupervisedOptions;
  readonly #down = createDeferred<undefined>();
  readonly #before: readonly Totals[];
  #state: SupervisedState = 'running';
  #child: ConnectionProcess | undefined;
  /** Another process would fail in the same way. */
  #isFinal = false;
  /** Undefined while the last process was of use. */
  #backOff: BackOff | undefined;
  #pause: Timer | undefined;
  #ports: readonly PortStatus[];

  constructor(options: SupervisedOptions) {
    this.#options = options;
    const { job, clock } = options;
    this.#before = job.ports.map(() => ({ connections: 0, sent: 0, received: 0 }));
    this.#ports = job.ports.map((port) => newPort(port, clock.now()));
    this.#start();
  }

  get status(): Supervised['status'] {
    return { name: this.#options.job.name, pid: this.#child?.pid ?? null, ports: this.#ports };
  }

  get isEnding(): boolean {
    return this.#state === 'ending' || this.#state === 'down';
  }

  get isSignedOut(): boolean {
    return this.#ports.some((port) => port.state === 'sign-in-expired');
  }

  get down(): Promise<void> {
    return this.#down.promise;
  }

  stop(): void {
    this.#pause?.cancel();
    this.#advance('stop');
    this.#child?.end();
  }

  signInRenewed(): void {
    if (this.#state === 'signed-out') {
      this.#restart();
      return;
    }
    const now = this.#options.clock.now();
    // The next connection starts a session.
    this.#update((port) =>
      port.state === 'sign-in-expired' && port.until === null
        ? { ...port, state: 'idle', since: now }
        : port,
    );
  }

  #start(): void {
    this.#isFinal = false;
    this.#child = this.#options.start({
      reported: (report) => {
        if (report.report === 'port') this.#takePort(report);
        else this.#isFinal = report.isFinal;
      },
      wrote: this.#options.log,
      ended: (error, isReported) => this.#hasEnded(error, isReported),
    });
  }

  #restart(): void {
    this.#pause?.cancel();
    this.#advance('due');
    if (this.#state !== 'running') return;
    this.#start();
    const since = this.#options.clock.now();
    this.#update((port) => ({ ...port, state: 'connecting', since, until: null }));
  }

  #advance(event: SupervisedEvent): void {
    this.#state = stateAfter(this.#state, event);
    if (this.#state === 'down') this.#down.resolve(undefined);
  }

  #update(next: (port: PortStatus) => PortStatus): void {
    this.#ports = this.#ports.map(next);
    this.#options.changed();
  }

  #takePort({ index, port }: Extract<ProcessReport, { readonly report: 'port' }>): void {
    if (port.state === 'listening') this.#backOff = undefined;
    const totals = this.#before[index];
    if (totals === undefined) return;
    const old = this.#ports[index];
    const { connections, sent, received } = totals;
    const taken = {
      ...port,
      error: port.error ?? old?.error ?? null,
      connections: connections + port.connections,
      sent: sent + port.sent,
      received: received + port.received,
    };
    this.#update((one) => (one === old ? taken : one));
  }

  #hasEnded(error: ReportedError, isReported: boolean): void {
    const { log, clock } = this.#options;
    this.#child = undefined;
    this.#advance(this.#kindOfEnd(error));
    if (this.#state === 'down') return;
    for (const [index, totals] of this.#before.entries()) {
      const { connections = 0, sent = 0, received = 0 } = this.#ports[index] ?? {};
      Object.assign(totals, { connections, sent, received });
    }
    if (!isReported) log(error.message);
    const delay = this.#state === 'failed' ? undefined : this.#startPause();
    if (delay !== undefined) log(`Trying again in ${seconds(delay)} s.`);
    const now = clock.now();
    this.#update((port) => ({
      ...port,
      local: { ...port.local, address: null },
      checked: null,
      sessions: { ...port.sessions, up: 0 },
      state: shownState(this.#state),
      since: now,
      until: delay === undefined ? null : Math.round(now + delay),
      open: 0,
      error,
    }));
  }

  #kindOfEnd({ reason }: ReportedError): ProcessEnd {
    if (this.#isFinal) return 'exited-for-good';
    return reason === 'expired-credentials' ? 'exited-signed-out' : 'exited';
  }

  /** @returns how long it takes, in milliseconds */
  #startPause(): number {
    const { clock, random } = this.#options;
    this.#backOff ??= createBackOff(FIRST_PROCESS_PAUSE_MS, MAX_PROCESS_PAUSE_MS, random);
    const delay = this.#backOff.next();
    this.#pause = clock.after(delay, () => this.#restart());
    return delay;
  }
}

/** The state of the ports of a connection without a process. */
function shownState(state: SupervisedState): PortStateName {
  if (state === 'failed') return 'failed';
  return state === 'signed-out' ? 'sign-in-expired' : 'pausing';
}

function newPort({ localPort, host, port }: Job['ports'][number], now: number): PortStatus {
  return {
    destination: { host, port: Number(port) },
    local: { address: null, port: Number(localPort) },
    target: null,
    state: 'connecting',
    since: now,
    until: null,
    checked: null,
    sessions: { up: 0, of: 1 },
    ...{ open: 0, connections: 0, sent: 0, received: 0, error: null },
  };
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds / MS_PER_SECOND));
}
