import type { Machine } from '../machine.ts';

/** How many machines run a command at once, and how many may fail, of all of them together. */
export interface FleetLimits {
  readonly concurrency: number;
  /** When more have failed, no further machine runs it. */
  readonly maxErrors: number;
}

/** Machines that one command of AWS is for, and its part of the limits. */
export interface Batch {
  readonly machines: readonly [Machine, ...Machine[]];
  readonly concurrency: number;
  readonly maxErrors: number;
}

/** A batch that runs. */
export interface RunningBatch {
  readonly concurrency: number;
  /** Machines on which it has not ended. */
  readonly open: number;
}

/** How far a fleet is. */
export interface FleetProgress {
  /** Of the fleet. */
  readonly total: number;
  readonly waiting: readonly Machine[];
  readonly running: readonly RunningBatch[];
  readonly errors: number;
}

/** Ids in one request to SendCommand (Systems Manager API, `TargetValues`). */
const MAX_BATCH_MACHINES = 50;

/**
 * The next batch that may be sent now. Together, the batches stay within the limits of the fleet:
 *
 * - Each machine that still has to end takes one place of the concurrency, up to that of its batch.
 * - Where the number of errors is limited, one batch runs after the other: AWS then counts the errors itself, and none is
 *   noticed too late.
 *
 * A batch is of one platform, and is not sent for a few free places: it would have no more of them later.
 *
 * @returns undefined while others must end first, when none is left, or when too many machines have failed
 */
export function nextBatch(
  { total, waiting, running, errors }: FleetProgress,
  { concurrency, maxErrors }: FleetLimits,
): Batch | undefined {
  const [first] = waiting;
  if (first === undefined || errors > maxErrors) return undefined;
  if (maxErrors < total && running.length > 0) return undefined;
  const others = waiting.slice(1).filter(({ isWindows }) => isWindows === first.isWindows);
  const rest = others.slice(0, MAX_BATCH_MACHINES - 1);
  const size = rest.length + 1;
  const taken = running.reduce((sum, one) => sum + Math.min(one.concurrency, one.open), 0);
  const free = concurrency - taken;
  const enough = running.length === 0 ? 1 : Math.min(size, Math.ceil(concurrency / 2));
  if (free < enough) return undefined;
  return {
    machines: [first, ...rest],
    concurrency: Math.min(free, size),
    maxErrors: Math.min(maxErrors - errors, size),
  };
}
