import type { CommandContext, TextPart } from '../../cli/framework/command-context.ts';
import { hangLines, wrapText } from '../../cli/output/wrap-text.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding, Verdict } from './checks/finding.ts';

const COLORS = {
  ok: 'green',
  warning: 'yellow',
  failure: 'red',
  skipped: undefined,
} as const satisfies Record<Verdict, string | undefined>;

const VERDICT_COLUMNS = 'warning'.length;
const CHECK_COLUMNS = 'endpoint ssmmessages'.length;
const GAP = '  ';
/** Where the text begins when it follows the name of the check. */
const TEXT_INDENT = VERDICT_COLUMNS + CHECK_COLUMNS + 2 * GAP.length;
/** In a narrower column the text is on separate lines. */
const LEAST_COLUMNS = 30;
const STEP_MARK = '→ ';
const IN_PROGRESS = '…';
const MS_PER_SECOND = 1_000;

/** Makes the lines of a report. */
export interface Report {
  /** A finding as lines for a terminal, or one line for each sentence elsewhere. */
  lines(finding: Finding): readonly TextPart[];
}

/**
 * @param columns - of the terminal; undefined when it is none
 */
export function createReport(columns: number | undefined): Report {
  const reportedSteps = new Set<string>();
  const isNarrow = columns !== undefined && columns - TEXT_INDENT < LEAST_COLUMNS;
  const indent = ' '.repeat(isNarrow ? GAP.length : TEXT_INDENT);

  const fitted = (text: string, mark = ''): readonly string[] => {
    const shown = printable(text);
    const lines =
      columns === undefined ? [shown] : wrapText(shown, columns - indent.length - mark.length);
    return hangLines(lines, mark);
  };

  return {
    lines({ check, verdict, text, next }) {
      const isNew = next !== undefined && !reportedSteps.has(next);
      if (isNew) reportedSteps.add(next);
      const lines = [...fitted(text), ...(isNew ? fitted(next, STEP_MARK) : [])];
      const color = COLORS[verdict];
      const shown = verdict.padEnd(VERDICT_COLUMNS);
      const name = isNarrow ? `${check}\n${indent}` : `${check.padEnd(CHECK_COLUMNS)}${GAP}`;
      return [
        color === undefined ? shown : { color, text: shown },
        `${GAP}${name}${lines.join(`\n${indent}`)}\n`,
      ];
    },
  };
}

/** A check that is in progress, in the columns of its line. */
function progressLine(check: string, seconds: number, columns: number): string {
  const time = seconds === 0 ? '' : ` ${seconds} s`;
  return `${IN_PROGRESS.padEnd(VERDICT_COLUMNS)}${GAP}${check}${time}`.slice(0, columns);
}

/**
 * Shows on a terminal that a check is in progress, until the returned function is called.
 */
export function showProgress(
  { clock, options, output }: Pick<CommandContext, 'clock' | 'options' | 'output'>,
  check: string,
): () => void {
  if (options.json || options.quiet) return () => undefined;
  const since = clock.monotonic();
  const draw = (): void => {
    const seconds = Math.floor((clock.monotonic() - since) / MS_PER_SECOND);
    output.status.show((columns) => progressLine(check, seconds, columns));
  };
  const ticks = clock.every(MS_PER_SECOND, draw);
  draw();
  return () => {
    ticks.cancel();
    output.status.show(undefined);
  };
}
