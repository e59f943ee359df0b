import type { Invocation } from '../../../../aws/run-command.ts';
import type { Machine, MachineEnd } from '../machine.ts';
import { hasSucceeded } from '../machine-status.ts';
import type { Batch, FleetProgress } from './plan-batches.ts';

/** How many machines are how far. */
export interface FleetCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
}

/** A machine on which the command has ended. */
export interface EndedMachine {
  readonly machine: Machine;
  readonly end: MachineEnd;
  /** Both streams in one text, as a list shows them. */
  readonly listed: string;
  /** Undefined when it was never sent there. */
  readonly commandId: string | undefined;
}

/** A batch that was sent. */
export interface SentBatch {
  readonly commandId: string;
  readonly concurrency: number;
  /** Machines on which it has not ended, by their ids. */
  readonly open: Map<string, Machine>;
}

/** How far a command is on each machine. */
export interface FleetState {
  /** Batches that have not ended everywhere. */
  readonly sent: readonly SentBatch[];
  readonly counts: FleetCounts;
  readonly progress: FleetProgress;
  /** A batch was sent. */
  addSent(commandId: string, batch: Batch): void;
  /** A list describes one machine of a batch. @returns whether that is news */
  update(batch: SentBatch, invocation: Invocation): boolean;
  /** The command ends on a machine without a status. */
  endUnfinished(machine: Machine, why: string, batch?: SentBatch): void;
  /** The command is not sent to the machines that wait for it. */
  endWaiting(why: string): void;
}

/** @param onEnd - is called once for each machine */
export function createFleetState(
  machines: readonly Machine[],
  onEnd: (ended: EndedMachine) => void,
): FleetState {
  const counted = { done: 0, failed: 0, errors: 0 };
  const running = new Set<string>();
  let waiting: readonly Machine[] = machines;
  let sent: readonly SentBatch[] = [];
  const end = (machine: Machine, how: MachineEnd, batch?: SentBatch, listed = ''): void => {
    batch?.open.delete(machine.id);
    running.delete(machine.id);
    counted.done++;
    if (!hasSucceeded(how)) counted.failed++;
    if (isError(how)) counted.errors++;
    onEnd({ machine, end: how, listed, commandId: batch?.commandId });
  };
  const endUnfinished = (machine: Machine, why: string, batch?: SentBatch): void =>
    end(machine, { kind: 'unfinished', why }, batch);
  const open = (): readonly SentBatch[] => (sent = sent.filter((one) => one.open.size > 0));
  return {
    get sent() {
      return open();
    },
    get counts() {
      const { done, failed } = counted;
      return { total: machines.length, done, failed, running: running.size };
    },
    get progress() {
      const batches = open().map((one) => ({ concurrency: one.concurrency, open: one.open.size }));
      const { errors } = counted;
      return { total: machines.length, waiting, running: batches, errors };
    },
    addSent(commandId, { machines: ofBatch, concurrency }) {
      const ids = new Map(ofBatch.map((machine) => [machine.id, machine]));
      waiting = waiting.filter(({ id }) => !ids.has(id));
      sent = [...sent, { commandId, concurrency, open: ids }];
    },
    update(batch, { nodeId, state, output }) {
      const machine = batch.open.get(nodeId);
      if (machine === undefined || state.kind === 'pending') return false;
      if (state.kind === 'running') {
        const isNew = !running.has(nodeId);
        running.add(nodeId);
        return isNew;
      }
      end(machine, state, batch, output);
      return true;
    },
    endUnfinished,
    endWaiting(why) {
      const rest = waiting;
      waiting = [];
      for (const machine of rest) endUnfinished(machine, why);
    },
  };
}

/** Only these count against the limit of errors (Systems Manager API, `CommandInvocation`, `StatusDetails`). */
function isError(end: MachineEnd): boolean {
  return end.kind === 'exited' ? end.status !== 0 : end.why === 'ExecutionTimedOut';
}
