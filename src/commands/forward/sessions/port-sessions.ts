import { createDeferred } from '../../../lib/deferred.ts';
import type { PortFailure } from '../../../cli/ports/forwarded-port.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import { createLocalPort, type LocalPort } from '../../../session/port/listen/local-port.ts';
import type { Listener, ListenerEvents } from '../../../session/port/listen/listener.ts';
import type { LocalPortEvent } from '../../../session/port/port-event.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import { createRestartPace } from '../../../cli/run/start/restart-pace.ts';
import { createDestinationCheck, type DestinationCheck } from './destination-check.ts';
import { watchIdleness, type IdleWatch } from './idle-watch.ts';
import { failedAs, type SessionOutcome } from './next-step.ts';
import { createPortEnd, ENDED } from './port-end.ts';
import type { PortListener, PortSessionEventOf, PortSessionsOptions } from './port-session.ts';
import { PORT_STAGES, type PortStage, type PortStageEvent } from './port-stage.ts';
import type { Run } from './slots/run.ts';
import { createSessionReports, type SessionReports } from './session-reports.ts';
import { stateAfter, type PortSessionEvent, type PortSessionState } from './session-states.ts';
import { dismissAll, newSlots, type Slot } from './slots/slot.ts';
import { SlotStarts, type StartingPort } from './slots/slot-starts.ts';

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

class PortSessions {
  readonly #options: PortSessionsOptions;
  readonly #localPort: LocalPort;
  readonly #slots: readonly Slot[];
  readonly #reports: SessionReports;
  readonly #closed = createDeferred<Error | undefined>();
  readonly #end = createPortEnd();
  readonly #starts: SlotStarts;
  /** Counts while there is a session, but no connection. */
  readonly #idle: IdleWatch;
  /** Undefined when that is not wanted. */
  readonly #check: DestinationCheck | undefined;
  #stage: PortStage = 'closed';
  /** Connections of local programs. */
  #open = 0;

  constructor(options: PortSessionsOptions) {
    this.#options = options;
    const { policy, listener, clock, report, random } = options;
    const { paceOf = () => createRestartPace(random) } = options;
    this.#slots = newSlots(policy, paceOf);
    this.#reports = createSessionReports(this.#slots, clock, report);
    this.#idle = watchIdleness(clock, policy.idleMs, () => dismissAll(this.#slots));
    if (policy.checks)
      this.#check = createDestinationCheck(options, (done) => this.#localPort.probe(done));
    this.#localPort = createLocalPort({
      onEvent: (event) => this.#receiveLocal(event),
      expectsSessions: () => policy.restarts || this.#has('queued', 'starting', 'held'),
      peers: options,
      ...(listener && { source: (events) => this.#listen(listener, events) }),
    });
    this.#starts = new SlotStarts(options, this.#slots, this.#asStartingPort());
  }

  async run(): Promise<SessionOutcome> {
    const { policy, signals, listener } = this.#options;
    void signals.stopping.then((signal) => {
      this.#end.closed({ kind: 'ended', status: SIGNAL_STATUS[signal] });
      this.#closeAll('idle', 'queued', 'pausing');
    });
    if (policy.onDemand && listener !== undefined) this.#localPort.open(listener);
    else this.#starts.startQueued();
    const error = await this.#closed.promise;
    this.#localPort.close();
    this.#idle.update(false);
    this.#check?.left();
    if (error !== undefined) throw error;
    const { served, outcome } = this.#end;
    return served ?? (signals.isStopping && this.#stage !== 'closed' ? ENDED : outcome);
  }

  #asStartingPort(): StartingPort {
    return {
      localPort: this.#localPort,
      end: this.#end,
      reports: this.#reports,
      stage: () => this.#stage,
      open: () => this.#open,
      advance: (slot, event) => this.#advance(slot, event),
      update: (failure, pauseMs) => this.#update(failure, pauseMs),
      receive: (slot, run, event) => this.#receive(slot, run, event),
      ended: (outcome) => this.#check?.ended(outcome),
      fail: (error) => this.#closed.resolve(error),
    };
  }

  #has(...states: readonly PortSessionState[]): boolean {
    return this.#slots.some(({ state }) => states.includes(state));
  }

  #reach(event: PortStageEvent): void {
    this.#stage = PORT_STAGES[this.#stage][event];
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
    this.#end.closed(outcome);
    this.#closeAll('idle');
  }

  #receiveLocal(event: LocalPortEvent): void {
    this.#options.report(event);
    switch (event.kind) {
      case 'listening':
        this.#reach('listening');
        this.#reports.listening();
        this.#update();
        break;
      case 'connected':
        this.#open = event.open;
        this.#checkIdle();
        for (const slot of this.#slots) this.#starts.wanted(slot);
        this.#starts.startQueued();
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
        this.#joined(slot, run);
        break;
      case 'left':
        this.#left(slot, run);
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
        this.#check?.seen(event.by === 'failure' ? 'refused' : 'answers');
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

  #joined(slot: Slot, run: Run): void {
    run.joinedAt = this.#options.clock.monotonic();
    run.startLimit?.cancel();
    slot.hasEverJoined = true;
    this.#reach('joined');
    this.#advance(slot, 'joined');
    this.#check?.joined();
    this.#starts.startQueued();
  }

  #left(slot: Slot, run: Run): void {
    run.openAtEnd = this.#open;
    if (run.joinedAt !== undefined) this.#end.left(slot);
    this.#advance(slot, 'left');
    if (!this.#has('up', 'lost')) this.#check?.left();
  }

  /** Changes the state of a session, and reports what that changes. */
  #advance(slot: Slot, event: PortSessionEvent): void {
    const before = slot.state;
    slot.state = stateAfter(before, event);
    if (slot.state === before) return;
    this.#update();
    this.#reports.counted(event);
  }

  /** @returns whether the port does something else now, which was reported */
  #update(failure?: PortFailure, pauseMs = 0): boolean {
    if (this.#slots.every(({ state }) => state === 'closed')) this.#closed.resolve(undefined);
    this.#checkIdle();
    return this.#options.signals.isStopping ? false : this.#reports.update(failure, pauseMs);
  }

  #checkIdle(): void {
    this.#idle.update(this.#open === 0 && this.#has('up', 'lost'));
  }
}
