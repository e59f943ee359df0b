import { wrapMessage } from '../../../../cli/output/wrap-message.ts';
import type { MachineResult } from '../machine.ts';
import type { FleetOutput, StreamName } from './fleet-output.ts';

/** Prints what has become of a command. */
export interface FleetReport {
  /** It has ended on a machine. */
  machine(result: MachineResult): Promise<void>;
  /** It has ended on all of them. */
  end(): Promise<void>;
}

/** A result without its outputs. */
export type ReportedMachine = Pick<MachineResult, 'machine' | 'end'>;

/** What all reports are made of. */
export interface ReportParts {
  /** Width of the terminal that stdout is; undefined when it is none. */
  readonly width: number | undefined;
  readonly output: FleetOutput;
  /** The position of a machine in the fleet. */
  readonly placeOf: (result: ReportedMachine) => number;
  readonly cutMark: Buffer;
}

const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/** A line before outputs, which breaks at its spaces on a terminal. */
export function writeTitle({ output, width }: ReportParts, title: string): Promise<void> {
  const lines = wrapMessage(title, width ?? 0);
  return output.write('stdout', Buffer.from(lines));
}

/** The outputs of a machine, with a mark where one is cut. */
export async function writeStreams(
  { output, placeOf, cutMark: mark }: ReportParts,
  result: MachineResult,
  label: string,
): Promise<void> {
  for (const name of STREAMS) {
    const { bytes, isCut } = result[name];
    await output.write(name, bytes, label, placeOf(result));
    if (isCut) await output.write(name, mark, label, placeOf(result));
  }
}
