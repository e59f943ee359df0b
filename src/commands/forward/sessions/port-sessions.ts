import { asError } from '../../../lib/errors/as-error.ts';
import { createDeferred } from '../../../lib/deferred.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import { createLocalPort, type LocalPort } from '../../../session/port/listen/local-port.ts';
import type { Listener, ListenerEvents } from '../../../session/port/listen/listener.ts';
import type { LocalPortEvent } from '../../../session/port/port-event.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import { failureIn, type PortFailure } from '../../../cli/ports/forwarded-port.ts';
import { watchIdleness, type IdleWatch } from './idle-watch.ts';
import { failedAs, nextStep, type SessionOutcome } from './next-step.ts';
import { createPhaseReports, type PhaseReports } from './phase-reports.ts';
import type { PortListener, PortSessionEventOf, PortSessionsOptions } from './port-session.ts';
import { beginRun, endRun, newSlots, nextPause, nextToStart, type Run, type Slot } from './slot.ts';
import {
  countSessions,
  stateAfter,
  type NextStep,
  type PortSessionEvent,
  type PortSessionState,
} from './session-states.ts';

/**
 * Runs the sessions of one port. Its listener outlives them: a session that has ended is replaced, at once when there
 * are connections, else at the next one. While none listens, one is started first: what is wrong for all is reported
 * once. One that cannot be started leaves the others working, but then no more are started.
 *
 * @returns how the port ended: as the session did that was the last to take connections, or as the last one that was
 *   tried when none did
 */
export async function runPortSessions(options: PortSessionsOptions): Promise<SessionOutcome> {
  return new PortSessions(options).run();
}

const ENDED: SessionOutcome = { kind: 'ended', status: 0 };

class PortSessions {
  readonly #options: PortSessionsOptions;
  readonly #localPort: LocalPort;
  readonly #slots: readonly Slot[];
  readonly #phases: PhaseReports;
  readonly #end = createDeferred<Error | undefined>();
  #isListening = false;
  #hasJoined = false;
  /** Connections of local programs. */
  #open = 0;
  /** Counts while there is a session, but no connection. */
  readonly #idle: IdleWatch;
  /** The slot whose session was the last to stop taking connections, unless it is replaced. */
  #lastServing: Slot | undefined;
  #lastOutcome = ENDED;

  constructor(options: PortSessionsOptions) {
    this.#options = options;
    const { policy, listener, clock, report } = options;
    this.#slots = newSlots(policy);
    this.#phases = createPhaseReports(clock, report);
    this.#idle = watchIdleness(clock, policy.idleMs, () => this.#dismissAll());
    this.#localPort = createLocalPort({
      onEvent: (event) => this.#receiveLocal(event),
      expectsSessions: () => policy.restarts || this.#has('queued', 'starting'),
      peers: options,
      ...(listener && { source: (events) => this.#listen(listener, events) }),
    });
  }

  async run(): Promise<SessionOutcome> {
    const { policy, signals, listener } = this.#options;
    void signals.stopping.then((signal) => {
      this.#lastOutcome = { kind: 'ended', status: SIGNAL_STATUS[signal] };
      this.#closeAll('idle', 'queued', 'pausing');
    });
    if (policy.onDemand && listener !== undefined) this.#localPort.open(listener);
    else this.#startQueued();
    const error = await this.#end.promise;
    this.#localPort.close();
    this.#idle.update(false);
    if (error !== undefined) throw error;
    if (this.#lastServing?.outcome !== undefined) return this.#lastServing.outcome;
    return signals.isStopping && this.#isListening ? ENDED : this.#lastOutcome;
  }

  #has(...states: readonly PortSessionState[]): boolean {
    return this.#slots.some(({ state }) => states.includes(state));
  }

  #states(): readonly PortSessionState[] {
    return this.#slots.map(({ state }) => state);
  }

  #startQueued(): void {
    for (const slot of nextToStart(this.#slots, this.#hasJoined)) this.#start(slot);
  }

  #start(slot: Slot): void {
    const { run, acquired, isLater } = beginRun(slot, this.#options);
    this.#advance(slot, 'started');
    void this.#options
      .run({
        localPort: this.#localPort,
        acquired,
        isLater,
        isDismissed: () => run.isDismissed || run.isLate,
        onEvent: (event) => this.#receive(slot, run, event),
        onTarget: (target) => (run.target = target),
      })
      .then((outcome) => this.#exited(slot, run, outcome))
      .catch((error: unknown) => this.#end.resolve(asError(error)))
      .finally(acquired.release);
  }

  #exited(slot: Slot, run: Run, ended: SessionOutcome): void {
    const { policy, signals, reportFailure } = this.#options;
    const outcome = endRun(slot, run, ended);
    const step = nextStep({
      ...{ ...slot, ...run, outcome },
      restarts: policy.restarts,
      isStopping: signals.isStopping,
      portListens: this.#isListening,
      othersServe: this.#slots.some((other) => other !== slot && other.state === 'up'),
      hasConnections: this.#open > 0 || run.openAtEnd > 0,
    });
    slot.failures = run.hasAnswered || step === 'rest' ? 0 : slot.failures + 1;
    if (slot.failures === 0) slot.backOff = undefined;
    if (step === 'close') this.#lastOutcome = outcome;
    else if (this.#lastServing === slot) this.#lastServing = undefined;
    if (step === 'close' && outcome.kind === 'failed') {
      reportFailure(outcome);
      if (!slot.hasEverJoined) this.#startNoMore();
    }
    this.#advanceAfter(slot, step, outcome);
    this.#startQueued();
  }

  #advanceAfter(slot: Slot, step: NextStep, outcome: SessionOutcome): void {
    const { report, signals } = this.#options;
    const failure = outcome.kind === 'failed' ? failureIn(outcome) : undefined;
    slot.state = stateAfter(slot.state, step);
    const isReported = this.#update(failure, step === 'pause' ? this.#pause(slot) : 0);
    const sessions = countSessions(this.#states());
    const othersGoOn = this.#slots.some((other) => other !== slot && other.state !== 'closed');
    if (!this.#isListening || !othersGoOn || signals.isStopping) return;
    if (failure !== undefined && !isReported)
      report({ kind: 'session-failed', ...failure, sessions });
    else report({ kind: 'sessions', because: 'ended', sessions });
  }

  /** @returns how long it takes, in milliseconds */
  #pause(slot: Slot): number {
    const { clock, random } = this.#options;
    const delay = nextPause(slot, random);
    // Without a connection, only a session that AWS has throttled at its start pauses.
    const isNeeded = this.#open === 0;
    slot.pause = clock.after(delay, () => {
      this.#advance(slot, isNeeded || this.#open > 0 ? 'pause-over' : 'rest');
      this.#startQueued();
    });
    return delay;
  }

  /** What prevents one from starting, such as a quota, prevents the next ones, too, and is reported once. */
  #startNoMore(): void {
    for (const slot of this.#slots) {
      if (slot.hasEverJoined || slot.run !== undefined) continue;
      slot.state = stateAfter(slot.state, 'close');
      slot.pause?.cancel();
    }
  }

  #closeAll(...states: readonly PortSessionState[]): void {
    for (const slot of this.#slots) {
      if (!states.includes(slot.state)) continue;
      slot.pause?.cancel();
      this.#advance(slot, 'close');
    }
  }

  #listen(listener: PortListener, events: ListenerEvents): Listener {
    return listener.open({
      ...events,
      failed: (failure) => {
        events.failed(failure);
        this.#cannotListen(failure);
      },
    });
  }

  /** A session that has joined ends with the failure. */
  #cannotListen(failure: SessionFailure): void {
    if (this.#slots.some(({ run }) => run !== undefined)) return;
    const outcome = failedAs('session', failure);
    this.#options.reportFailure(outcome);
    this.#lastOutcome = outcome;
    this.#closeAll('idle');
  }

  #receiveLocal(event: LocalPortEvent): void {
    this.#options.report(event);
    switch (event.kind) {
      case 'listening':
        this.#isListening = true;
        this.#phases.listening();
        this.#update();
        break;
      case 'connected':
        this.#open = event.open;
        this.#checkIdle();
        for (const slot of this.#slots) this.#advance(slot, 'wanted');
        this.#startQueued();
        break;
      case 'disconnected':
        this.#open = event.open;
        this.#checkIdle();
        break;
      case 'refused':
    }
  }

  #receive(slot: Slot, run: Run, event: PortSessionEventOf): void {
    switch (event.kind) {
      case 'joined':
        run.hasJoined = true;
        run.startLimit?.cancel();
        slot.hasEverJoined = true;
        this.#hasJoined = true;
        this.#isListening = true;
        this.#advance(slot, 'joined');
        this.#startQueued();
        break;
      case 'left':
        run.openAtEnd = this.#open;
        if (run.hasJoined) this.#lastServing = slot;
        this.#advance(slot, 'left');
        break;
      case 'reconnecting':
        run.lost = event;
        this.#advance(slot, 'lost');
        break;
      case 'reconnected':
        run.lost = undefined;
        this.#advance(slot, 'resumed');
        break;
      case 'answered':
        run.hasAnswered ||= event.by === 'bytes';
        break;
      case 'destination-failed':
        this.#options.report(event);
        break;
      case 'listening':
      case 'connected':
      case 'disconnected':
      case 'refused':
        this.#receiveLocal(event);
        break;
      case 'requested':
      case 'session-ending':
    }
  }

  /** Changes the state of a session, and reports what that changes. */
  #advance(slot: Slot, event: PortSessionEvent): void {
    const before = slot.state;
    slot.state = stateAfter(before, event);
    if (slot.state === before) return;
    this.#update();
    const isCounted = event === 'joined' || event === 'lost' || event === 'resumed';
    const sessions = countSessions(this.#states());
    if (isCounted && sessions.of > 1)
      this.#options.report({ kind: 'sessions', because: event, sessions });
  }

  /** @returns whether the port does something else now, which was reported */
  #update(failure?: PortFailure, pauseMs = 0): boolean {
    const states = this.#states();
    if (states.every((state) => state === 'closed')) this.#end.resolve(undefined);
    this.#checkIdle();
    if (this.#options.signals.isStopping) return false;
    const lost = this.#slots.find(({ run }) => run?.lost !== undefined)?.run?.lost;
    const target = this.#slots.find(({ state }) => state === 'up')?.run?.target;
    return this.#phases.update({ states, lost, target, failure, pauseMs });
  }

  #checkIdle(): void {
    this.#idle.update(this.#open === 0 && this.#has('up', 'lost'));
  }

  #dismissAll(): void {
    for (const { state, run } of this.#slots) {
      if (run === undefined || (state !== 'up' && state !== 'lost')) continue;
      run.isDismissed = true;
      run.end();
    }
  }
}
