import { printList } from '../../../../cli/output/print-list.ts';
import { wrapMessage } from '../../../../cli/output/wrap-message.ts';
import type { Column } from '../../../../cli/output/table.ts';
import type { CommandContext, TextPart } from '../../../../cli/framework/command-context.ts';
import { someOf } from '../../../../failures/fleets.ts';
import { printableJson } from '../../../../lib/printable.ts';
import { cellsOf, fillCells } from '../../../../terminal/cells.ts';
import { createFleetOutput, type FleetOutput, type StreamName } from './fleet-output.ts';
import type { Machine, MachineResult } from '../machine.ts';
import { endText, exitStatusOf, hasSucceeded } from '../machine-status.ts';
import type { Display } from '../read-options.ts';

/** Prints what has become of a command. */
export interface FleetReport {
  /** It has ended on a machine. */
  machine(result: MachineResult): Promise<void>;
  /** It has ended on all of them. */
  end(): Promise<void>;
}

/** The widest name that others are aligned with. */
const WIDEST_NAME = 24;
const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

/** @param machines - of the fleet, in the order of their names */
export function createFleetReport(
  context: CommandContext,
  machines: readonly Machine[],
  display: Display,
  isStored: boolean,
): FleetReport {
  const places = new Map(machines.map(({ id }, i) => [id, i]));
  const parts: ReportParts = {
    context,
    output: createFleetOutput(context),
    placeOf: ({ machine }) => places.get(machine.id) ?? 0,
    cutMark: Buffer.from(cutMark(isStored)),
  };
  switch (display) {
    case 'lines':
      return reportLines(parts, machines);
    case 'group':
      return reportGroups(parts);
    case 'fold':
      return reportFolded(parts);
    case 'summary':
      return reportSummary(parts);
    case 'json':
      return reportJson(parts);
  }
}

interface ReportParts {
  readonly context: CommandContext;
  readonly output: FleetOutput;
  /** The position of a machine in the fleet. */
  readonly placeOf: (result: MachineResult) => number;
  readonly cutMark: Buffer;
}

const NOTHING = (): Promise<void> => Promise.resolve();

function cutMark(isStored: boolean): string {
  const rest = isStored
    ? 'The rest may be in the bucket of --output.'
    : 'AWS has no more of it. For all of it, add --output s3://BUCKET.';
  return `[The output is cut here. ${rest}]\n`;
}

/** A line before outputs, which breaks at its spaces on a terminal. */
function writeTitle({ output, context }: ReportParts, title: string): Promise<void> {
  const lines = wrapMessage(title, context.terminal.columns ?? 0);
  return output.write('stdout', Buffer.from(lines));
}

async function writeStreams(
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

/** Each line begins with the name of its machine. */
function reportLines(parts: ReportParts, machines: readonly Machine[]): FleetReport {
  const { context } = parts;
  const widest = Math.max(0, ...machines.map(({ name }) => cellsOf(name)));
  const cells = context.terminal.stdout ? Math.min(widest, WIDEST_NAME) : 0;
  return {
    async machine(result) {
      const { name } = result.machine;
      const shown = cellsOf(name) < cells ? fillCells(name, cells) : name;
      await writeStreams(parts, result, `${shown} | `);
      if (!hasSucceeded(result.end)) context.output.notify(`${name}: ${endText(result.end)}`);
    },
    end: NOTHING,
  };
}

/** The output of a machine follows its name. */
function reportGroups(parts: ReportParts): FleetReport {
  return {
    async machine(result) {
      const title = `== ${result.machine.name}: ${endText(result.end)} ==\n`;
      await writeTitle(parts, title);
      await writeStreams(parts, result, '');
    },
    end: NOTHING,
  };
}

/** Machines with the same end and the same outputs are one group; the largest comes first. */
function reportFolded(parts: ReportParts): FleetReport {
  const groups = new Map<string, MachineResult[]>();
  return {
    machine(result) {
      const { end, stdout, stderr } = result;
      const key = JSON.stringify([
        endText(end),
        ...[stdout, stderr].map(({ bytes, isCut }) => [bytes.toString('latin1'), isCut]),
      ]);
      groups.set(key, [...(groups.get(key) ?? []), result]);
      return Promise.resolve();
    },
    async end() {
      const inOrder = [...groups.values()].sort((a, b) => b.length - a.length);
      for (const results of inOrder) {
        const [first] = results;
        if (first === undefined) continue;
        const names = [...results]
          .sort((a, b) => parts.placeOf(a) - parts.placeOf(b))
          .map(({ machine }) => machine.name);
        const count = results.length === 1 ? 'on 1 machine' : `same on ${results.length} machines`;
        const title = `== ${endText(first.end)}, ${count}: ${someOf(names)} ==\n`;
        await writeTitle(parts, title);
        await writeStreams(parts, first, '');
      }
    },
  };
}

const COLUMNS: readonly Column[] = [
  { header: 'MACHINE', narrowest: 'whole' },
  { header: 'ID', narrowest: 'whole', dispensable: 1 },
  { header: 'RESULT', narrowest: 10 },
];

function reportSummary({ context, placeOf }: ReportParts): FleetReport {
  const results: MachineResult[] = [];
  const rowOf = ({ machine, end }: MachineResult): readonly TextPart[] => {
    const text = endText(end);
    return [machine.name, machine.id, { color: hasSucceeded(end) ? 'green' : 'red', text }];
  };
  return {
    machine(result) {
      results.push(result);
      return Promise.resolve();
    },
    async end() {
      results.sort((a, b) => placeOf(a) - placeOf(b));
      await printList(context, [], { columns: COLUMNS, rows: results.map(rowOf) });
    },
  };
}

/** A line for each machine: an interface that programs rely on. */
function reportJson({ context }: ReportParts): FleetReport {
  return {
    async machine({ machine, end, stdout, stderr, commandId }) {
      const line = {
        id: machine.id,
        name: machine.name,
        result: endText(end),
        exitStatus: exitStatusOf(end),
        ran: end.kind === 'exited',
        stdout: stdout.bytes.toString(),
        stdoutCut: stdout.isCut,
        stderr: stderr.bytes.toString(),
        stderrCut: stderr.isCut,
        commandId: commandId ?? null,
      };
      await context.output.print(`${printableJson(line)}\n`);
    },
    end: NOTHING,
  };
}
