import { printList } from '../../../../cli/output/print-list.ts';
import type { Column } from '../../../../cli/output/table.ts';
import type { CommandContext, TextPart } from '../../../../cli/framework/command-context.ts';
import { printableJson } from '../../../../lib/printable.ts';
import { cellsOf, fillCells } from '../../../../terminal/cells.ts';
import { createFleetOutput } from './fleet-output.ts';
import type { Machine } from '../machine.ts';
import { endText, exitStatusOf, hasSucceeded } from '../machine-status.ts';
import type { Display } from '../read-options.ts';
import { reportFolded } from './report-folded.ts';
import {
  writeStreams,
  writeTitle,
  type FleetReport,
  type ReportedMachine,
  type ReportParts,
} from './report-parts.ts';

/** The widest name that others are aligned with. */
const WIDEST_NAME = 24;

/** @param machines - of the fleet, in the order of their names */
export function createFleetReport(
  context: CommandContext,
  machines: readonly Machine[],
  display: Display,
  isStored: boolean,
): FleetReport {
  const places = new Map(machines.map(({ id }, i) => [id, i]));
  const parts: ReportParts = {
    width: context.terminal.columns,
    output: createFleetOutput(context),
    placeOf: ({ machine }) => places.get(machine.id) ?? 0,
    cutMark: Buffer.from(cutMark(isStored)),
  };
  switch (display) {
    case 'lines':
      return reportLines(parts, context, machines);
    case 'group':
      return reportGroups(parts);
    case 'fold':
      return reportFolded(parts);
    case 'summary':
      return reportSummary(parts, context);
    case 'json':
      return reportJson(context);
  }
}

const NOTHING = (): Promise<void> => Promise.resolve();

function cutMark(isStored: boolean): string {
  const rest = isStored
    ? 'The rest may be in the bucket of --output.'
    : 'AWS has no more of it. For all of it, add --output s3://BUCKET.';
  return `[The output is cut here. ${rest}]\n`;
}

/** Each line begins with the name of its machine. */
function reportLines(
  parts: ReportParts,
  context: CommandContext,
  machines: readonly Machine[],
): FleetReport {
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

const COLUMNS: readonly Column[] = [
  { header: 'MACHINE', narrowest: 'whole' },
  { header: 'ID', narrowest: 'whole', dispensable: 1 },
  { header: 'RESULT', narrowest: 10 },
];

function reportSummary({ placeOf }: ReportParts, context: CommandContext): FleetReport {
  const results: ReportedMachine[] = [];
  const rowOf = ({ machine, end }: ReportedMachine): readonly TextPart[] => {
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
function reportJson(context: CommandContext): FleetReport {
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
