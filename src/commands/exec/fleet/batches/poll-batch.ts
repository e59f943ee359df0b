import type { RunCommandCalls } from '../../../../aws/run-command.ts';
import type { CallPace } from './call-pace.ts';
import type { FleetState, SentBatch } from './fleet-state.ts';
import { repeatCall, type Repeating } from './repeat-call.ts';

/** What asking for the state of a batch needs. */
export interface Polling extends Repeating {
  readonly calls: Pick<RunCommandCalls, 'invocations' | 'hasCommandEnded'>;
  readonly pace: CallPace;
  readonly state: FleetState;
  /** Whether something else comes first: the rest of the pages is not read then. */
  readonly isUrged: () => boolean;
}

/**
 * Reads all pages about a batch.
 *
 * @returns whether something has changed
 */
export async function pollBatch(polling: Polling, batch: SentBatch): Promise<boolean> {
  const { calls, pace, state, isUrged } = polling;
  const listed = new Set<string>();
  let isChanged = false;
  let token: string | undefined;
  do {
    const from = token;
    const page = await repeatCall(polling, async () => {
      await pace.next();
      return calls.invocations(batch.commandId, from);
    });
    const described = new Map(page.invocations.map((one) => [one.nodeId, one]));
    // In the order of their names, whatever AWS's is.
    for (const id of [...batch.open.keys()]) {
      const invocation = described.get(id);
      if (invocation === undefined) continue;
      listed.add(id);
      if (state.update(batch, invocation)) isChanged = true;
    }
    token = page.nextToken;
  } while (token !== undefined && !isUrged());
  const unlisted = [...batch.open.values()].filter(({ id }) => !listed.has(id));
  const mayBeMissing = unlisted.length > 0 && unlisted.length === batch.open.size;
  if (!mayBeMissing || token !== undefined) return isChanged;
  // AWS lists nothing about a machine that it does not find any more: the command may have ended without it.
  const hasEnded = await repeatCall(polling, async () => {
    await pace.next();
    return calls.hasCommandEnded(batch.commandId);
  });
  for (const machine of hasEnded ? unlisted : []) state.endUnfinished(machine, 'NotListed', batch);
  return hasEnded || isChanged;
}
