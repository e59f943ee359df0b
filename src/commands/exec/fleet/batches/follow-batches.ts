import type { RunCommandCalls } from '../../../../aws/run-command.ts';
import type { AwsError } from '../../../../aws/sdk/aws-error.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { createDeferred } from '../../../../lib/deferred.ts';
import { createCallPace } from './call-pace.ts';
import { createFleetState, type EndedMachine, type FleetCounts } from './fleet-state.ts';
import type { Machine } from '../machine.ts';
import { nextBatch, type Batch, type FleetLimits } from './plan-batches.ts';
import { pollBatch } from './poll-batch.ts';
import { repeatCall, type Repeating } from './repeat-call.ts';

/** Shortest time between two calls that ask how far a command is, in milliseconds: fewer than 2 a second. */
const LIST_GAP_MS = 600;
/** Waits before the first question about a command, and between later ones, in milliseconds. */
const FIRST_POLL_MS = 700;
const LONGEST_POLL_MS = 5_000;
/** Each wait in which nothing has changed is this much longer than the one before. */
const POLL_GROWTH = 1.5;

/** What running a command on a fleet needs. */
export interface FleetRun extends Repeating {
  readonly calls: Pick<RunCommandCalls, 'invocations' | 'hasCommandEnded' | 'cancelCommand'>;
  readonly machines: readonly Machine[];
  readonly limits: FleetLimits;
  /** Sends a batch; returns the id of its command. */
  readonly send: (batch: Batch) => Promise<string>;
  /** The command has ended on a machine. */
  readonly onEnd: (ended: EndedMachine) => void;
  readonly onProgress: (counts: FleetCounts) => void;
}

/** A command that runs on a fleet. */
export interface RunningFleet {
  /** Resolves when it has ended everywhere. @throws AwsError when it cannot be sent or followed */
  readonly ended: Promise<void>;
  /** Machines that it was sent to, and on which it has not ended. */
  readonly open: readonly Machine[];
  /** Ids of the commands that have not ended. */
  readonly openCommands: readonly string[];
  /** Cancels it everywhere; machines that it was not sent to do not get it. */
  cancel(): void;
}

/** Runs a command on all machines: batch by batch, within the limits. */
export function followBatches(run: FleetRun): RunningFleet {
  const { calls, clock, machines, limits, onProgress } = run;
  const state = createFleetState(machines, run.onEnd);
  const cancelled = createDeferred<undefined>();
  let cancellation: 'none' | 'wanted' | 'sent' = 'none';
  const isUrged = (): boolean => cancellation === 'wanted';
  const polling = { ...run, pace: createCallPace(clock, LIST_GAP_MS), state, isUrged };

  const sendBatches = async (): Promise<void> => {
    for (;;) {
      if (cancellation !== 'none') state.endWaiting('NotSent');
      const batch = nextBatch(state.progress, limits);
      if (batch === undefined) break;
      // A command that may have been sent is not sent again: it would run twice.
      state.addSent(await repeatCall(run, () => run.send(batch), isThrottled), batch);
      onProgress(state.counts);
    }
    if (state.sent.length === 0) state.endWaiting('Terminated');
  };
  const cancelAll = async (): Promise<void> => {
    cancellation = 'sent';
    for (const { commandId, open } of state.sent) {
      await repeatCall(run, () => calls.cancelCommand(commandId, [...open.keys()]));
    }
  };
  const follow = async (): Promise<void> => {
    let waitMs = FIRST_POLL_MS;
    for (;;) {
      await sendBatches();
      onProgress(state.counts);
      if (state.sent.length === 0) return;
      const wait = after(clock, waitMs);
      await (cancellation === 'sent' ? wait : Promise.race([wait, cancelled.promise]));
      if (isUrged()) await cancelAll();
      let isChanged = false;
      for (const batch of state.sent) {
        if (isUrged()) break;
        if (await pollBatch(polling, batch)) isChanged = true;
        onProgress(state.counts);
      }
      waitMs = isChanged ? FIRST_POLL_MS : Math.min(waitMs * POLL_GROWTH, LONGEST_POLL_MS);
    }
  };
  return {
    ended: follow(),
    get open() {
      return state.sent.flatMap(({ open }) => [...open.values()]);
    },
    get openCommands() {
      return state.sent.map(({ commandId }) => commandId);
    },
    cancel() {
      if (cancellation === 'none') cancellation = 'wanted';
      cancelled.resolve(undefined);
    },
  };
}

function isThrottled({ reason }: AwsError): boolean {
  return reason === 'throttled';
}

function after(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}
