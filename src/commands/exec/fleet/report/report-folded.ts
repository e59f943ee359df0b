import { createHash } from 'node:crypto';
import { someOf } from '../../../../failures/fleets.ts';
import type { MachineResult } from '../machine.ts';
import { endText } from '../machine-status.ts';
import {
  writeStreams,
  writeTitle,
  type FleetReport,
  type ReportedMachine,
  type ReportParts,
} from './report-parts.ts';

/** Bytes of different outputs that are kept to fold equal ones: two of the longest ones (`MAX_WHOLE_BYTES`). */
const MAX_FOLDED_BYTES = 128 * 1024 * 1024;

/** Equal results, of which only the outputs of the first are kept. */
interface Fold {
  readonly first: MachineResult;
  readonly results: ReportedMachine[];
}

/**
 * Machines with the same end and the same outputs are one group; the largest comes first. Outputs that are too many to be
 * kept are printed at once.
 */
export function reportFolded(parts: ReportParts): FleetReport {
  const groups = new Map<string, Fold>();
  let kept = 0;
  const write = async ({ first, results }: Fold): Promise<void> => {
    const names = [...results]
      .sort((a, b) => parts.placeOf(a) - parts.placeOf(b))
      .map(({ machine }) => machine.name);
    const count = results.length === 1 ? 'on 1 machine' : `same on ${results.length} machines`;
    await writeTitle(parts, `== ${endText(first.end)}, ${count}: ${someOf(names)} ==\n`);
    await writeStreams(parts, first, '');
  };
  return {
    async machine(result) {
      const { machine, end } = result;
      const key = digestOf(result);
      const group = groups.get(key);
      if (group !== undefined) {
        group.results.push({ machine, end });
        return;
      }
      const fold = { first: result, results: [{ machine, end }] };
      const bytes = result.stdout.bytes.length + result.stderr.bytes.length;
      if (kept + bytes > MAX_FOLDED_BYTES) {
        await write(fold);
        return;
      }
      kept += bytes;
      groups.set(key, fold);
    },
    async end() {
      const inOrder = [...groups.values()].sort((a, b) => b.results.length - a.results.length);
      for (const group of inOrder) await write(group);
    },
  };
}

/** Results that are printed in the same way have the same digest. */
function digestOf({ end, stdout, stderr }: MachineResult): string {
  const hash = createHash('sha256');
  for (const { bytes, isCut } of [stdout, stderr]) {
    hash.update(`${bytes.length} ${isCut} `).update(bytes);
  }
  return hash.update(endText(end)).digest('base64');
}
