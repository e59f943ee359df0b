import { failureIn, type PortFailure } from '../../../../cli/ports/forwarded-port.ts';
import type { TurnEvents } from '../../../../cli/run/start/start-queue.ts';
import { asError } from '../../../../lib/errors/as-error.ts';
import { messageOf } from '../../../../lib/errors/failure.ts';
import type { LocalPort } from '../../../../session/port/listen/local-port.ts';
import { nextStep, type SessionOutcome } from '../next-step.ts';
import type { PortEnd } from '../port-end.ts';
import type { PortSessionEventOf, PortSessionsOptions } from '../port-session.ts';
import type { PortStage } from '../port-stage.ts';
import { SHORT_SESSION_MS } from '../../../../cli/run/start/restart-pace.ts';
import { beginRun, endRun, limitStart, type Run } from './run.ts';
import type { SessionReports } from '../session-reports.ts';
import { stateAfter, type NextStep, type PortSessionEvent } from '../session-states.ts';
import { nextToStart, type Slot } from './slot.ts';

/** The port whose sessions are started. */
export interface StartingPort {
  readonly localPort: LocalPort;
  readonly end: PortEnd;
  readonly reports: SessionReports;
  readonly stage: () => PortStage;
  /** Connections of local programs. */
  readonly open: () => number;
  /** Changes the state of a session, and reports what that changes. */
  readonly advance: (slot: Slot, event: PortSessionEvent) => void;
  /** @returns whether the port does something else now, which was reported */
  readonly update: (failure?: PortFailure, pauseMs?: number) => boolean;
  readonly receive: (slot: Slot, run: Run, event: PortSessionEventOf) => void;
  readonly ended: (outcome: SessionOutcome) => void;
  /** An error that no session can report. */
  readonly fail: (error: Error) => void;
}

/** Starts the sessions of a port, and decides what follows each. */
export class SlotStarts {
  readonly #options: PortSessionsOptions;
  readonly #slots: readonly Slot[];
  readonly #port: StartingPort;

  constructor(options: PortSessionsOptions, slots: readonly Slot[], port: StartingPort) {
    this.#options = options;
    this.#slots = slots;
    this.#port = port;
  }

  /** Starts as many as there is room for. */
  startQueued(): void {
    for (const slot of nextToStart(this.#slots, this.#port.stage() === 'proven')) this.#start(slot);
  }

  #start(slot: Slot): void {
    const { run, acquired, isLater } = beginRun(slot, this.#options);
    this.#port.advance(slot, 'started');
    void this.#options
      .run({
        localPort: this.#port.localPort,
        acquired,
        place: this.#slots.indexOf(slot),
        isLater,
        isDismissed: () => run.endedBy !== undefined,
        onEvent: (event) => this.#port.receive(slot, run, event),
        onTarget: (target) => (run.target = target),
        turns: this.#turnsOf(slot, run, isLater),
      })
      .then((outcome) => this.#exited(slot, run, outcome))
      .catch((error: unknown) => this.#port.fail(asError(error)))
      .finally(acquired.release);
  }

  #turnsOf(slot: Slot, run: Run, isLater: boolean): TurnEvents {
    return {
      throttled: (error, pauseMs) => {
        run.startLimit?.cancel();
        slot.state = stateAfter(slot.state, 'throttled');
        const { reason, code } = error;
        this.#port.update({ reason, code, message: messageOf(error) }, pauseMs);
      },
      again: () => {
        if (isLater) limitStart(run, this.#options.clock);
        this.#port.advance(slot, 'started');
      },
    };
  }

  #exited(slot: Slot, run: Run, ended: SessionOutcome): void {
    const { policy, signals, clock, reportFailure } = this.#options;
    const outcome = endRun(slot, run, ended);
    this.#port.ended(outcome);
    const now = clock.monotonic();
    const { joinedAt } = run;
    const hasLasted = joinedAt !== undefined && now - joinedAt >= SHORT_SESSION_MS;
    // Its programs had what they wanted when it ended.
    const isOfUse = hasLasted || (run.hasAnswered && run.openAtEnd === 0);
    if (isOfUse || run.endedBy === 'idleness') slot.pace.succeeded();
    else slot.pace.failed(now, joinedAt !== undefined);
    const step = nextStep({
      outcome,
      restarts: policy.restarts,
      isStopping: signals.isStopping,
      hasEverJoined: slot.hasEverJoined,
      portListens: this.#port.stage() !== 'closed',
      othersServe: this.#slots.some((other) => other !== slot && other.state === 'up'),
      hasConnections: this.#isWanted() || run.openAtEnd > 0,
      pauseMs: slot.pace.pauseMs(now),
    });
    if (step === 'close') this.#port.end.closed(outcome);
    else this.#port.end.replaced(slot);
    if (step === 'close' && outcome.kind === 'failed') {
      reportFailure(outcome);
      if (!slot.hasEverJoined) this.#startNoMore();
    }
    this.#advanceAfter(slot, step, outcome);
    this.startQueued();
  }

  #advanceAfter(slot: Slot, step: NextStep, outcome: SessionOutcome): void {
    const failure = outcome.kind === 'failed' ? failureIn(outcome) : undefined;
    slot.state = stateAfter(slot.state, step);
    const isReported = this.#port.update(failure, step === 'pause' ? this.#pause(slot) : 0);
    const othersGoOn = this.#slots.some((other) => other !== slot && other.state !== 'closed');
    if (this.#port.stage() === 'closed' || !othersGoOn || this.#options.signals.isStopping) return;
    this.#port.reports.ended(isReported ? undefined : failure);
  }

  /** @returns how long the slot pauses, in milliseconds */
  #pause(slot: Slot): number {
    const { clock } = this.#options;
    const pauseMs = slot.pace.pauseMs(clock.monotonic());
    slot.pause = clock.after(pauseMs, () => {
      this.#port.advance(slot, this.#isWanted() ? 'pause-over' : 'rest');
      this.startQueued();
    });
    return pauseMs;
  }

  #isWanted(): boolean {
    return this.#options.policy.isAlwaysWanted === true || this.#port.open() > 0;
  }

  /** A local program has connected. A slot whose last sessions were of no use pauses before. */
  wanted(slot: Slot): void {
    const { clock } = this.#options;
    if (slot.state !== 'idle' || slot.pace.pauseMs(clock.monotonic()) === 0) {
      this.#port.advance(slot, 'wanted');
      return;
    }
    slot.state = stateAfter(slot.state, 'pause');
    this.#port.update(undefined, this.#pause(slot));
  }

  /** What prevents one from starting, such as a quota, prevents the next ones, too, and is reported once. */
  #startNoMore(): void {
    for (const slot of this.#slots) {
      if (slot.hasEverJoined || slot.run !== undefined) continue;
      slot.state = stateAfter(slot.state, 'close');
      slot.pause?.cancel();
    }
  }
}
