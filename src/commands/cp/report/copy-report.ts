import type { CommandContext } from '../../../cli/framework/command-context.ts';
import type { Timer } from '../../../lib/clock.ts';
import { acceptsText } from '../../../lib/buffered-text.ts';
import { failureOf } from '../../../lib/errors/program-error.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
import { printableJson } from '../../../lib/printable.ts';
import type { CopiedItem, CopyReport } from './copied-item.ts';
import { copiedLine, progressLine } from './progress-line.ts';
import { createRate, type Rate } from './rate.ts';

/** How often the line on a terminal changes, in milliseconds. */
const LINE_INTERVAL_MS = 200;
/** How often programs get an event, in milliseconds. */
const EVENT_INTERVAL_MS = 1_000;
const MS_PER_SECOND = 1_000;

/** What a report needs of a command. */
export type ReportContext = Pick<CommandContext, 'clock'> & {
  readonly options: Pick<CommandContext['options'], 'json' | 'quiet'>;
  readonly output: Pick<CommandContext['output'], 'status' | 'notify' | 'print' | 'stdout'>;
};

/**
 * Chooses events for programs with `--json`; else a line that changes on a terminal, and a line for each SOURCE that
 * is copied.
 */
export function createCopyReport(context: ReportContext): CopyReport {
  return context.options.json ? reportEvents(context) : reportLines(context);
}

/** For a copy to stdout with `--json`: events would be among the bytes of the file. */
export const noCopyReport: CopyReport = {
  begin: () => undefined,
  copied: () => undefined,
  failed: () => undefined,
  end: () => undefined,
};

/** The item that is copied now. */
interface Followed {
  readonly item: CopiedItem;
  readonly rate: Rate;
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly timer: Timer;
}

function follow(
  { clock }: ReportContext,
  item: CopiedItem,
  intervalMs: number,
  show: (followed: Followed) => void,
): Followed {
  const rate = createRate();
  const since = clock.monotonic();
  rate.record(since, item.bytes);
  const timer = clock.every(intervalMs, () => {
    rate.record(clock.monotonic(), item.bytes);
    show(followed);
  });
  const followed: Followed = { item, rate, since, timer };
  return followed;
}

function reportLines(context: ReportContext): CopyReport {
  const { clock, options, output } = context;
  let current: Followed | undefined;
  const draw = ({ item, rate }: Followed): void => {
    if (options.quiet) return;
    output.status.show((columns) => progressLine(item, rate.perSecond(), columns));
  };
  const stop = (): Followed | undefined => {
    const ended = current;
    current = undefined;
    ended?.timer.cancel();
    output.status.show(undefined);
    return ended;
  };
  return {
    begin(item) {
      current = follow(context, item, LINE_INTERVAL_MS, draw);
    },
    copied(item, { files }) {
      const since = stop()?.since ?? clock.monotonic();
      const seconds = (clock.monotonic() - since) / MS_PER_SECOND;
      output.notify(copiedLine(item, seconds, files));
    },
    failed: () => void stop(),
    end: () => void stop(),
  };
}

/**
 * A line of `cp --json`. The last of each SOURCE is `copied` or `failed`. Events and members may be added, but none
 * changes its meaning.
 */
type CopyEvent = {
  /** UTC (RFC 3339). */
  readonly time: string;
  readonly source: string;
  readonly destination: string;
  /** Copied so far, with those of an earlier copy that is resumed. */
  readonly bytes: number;
  /** Of the file, or of the archive of a directory; null while that is not known. */
  readonly total: number | null;
} & (
  | { readonly event: 'started' }
  /** @param rate - bytes a second */
  | { readonly event: 'progress'; readonly current: string; readonly rate: number }
  | {
      readonly event: 'copied';
      readonly seconds: number;
      readonly sha256: string;
      /** Null for a file. */
      readonly files: number | null;
    }
  | {
      readonly event: 'failed';
      readonly error: { readonly reason: string; readonly code: string; readonly message: string };
    }
);

function reportEvents(context: ReportContext): CopyReport {
  const { clock, output } = context;
  let current: Followed | undefined;
  const print = (event: CopyEvent): void => void output.print(`${printableJson(event)}\n`);
  const about = (item: CopiedItem) => ({
    time: new Date(clock.now()).toISOString(),
    source: item.source,
    destination: item.destination,
    bytes: item.bytes,
    total: item.total ?? null,
  });
  const stop = (): number => {
    current?.timer.cancel();
    const since = current?.since ?? clock.monotonic();
    current = undefined;
    return (clock.monotonic() - since) / MS_PER_SECOND;
  };
  return {
    begin(item) {
      print({ event: 'started', ...about(item) });
      current = follow(context, item, EVENT_INTERVAL_MS, ({ rate }) => {
        // A reader that is slow loses some of these, and none of the others.
        if (!acceptsText(output.stdout)) return;
        const perSecond = Math.round(rate.perSecond());
        print({ event: 'progress', ...about(item), current: item.current, rate: perSecond });
      });
    },
    copied(item, { sha256, files }) {
      const seconds = stop();
      print({ event: 'copied', ...about(item), seconds, sha256, files: files ?? null });
    },
    failed(item, error) {
      stop();
      const failure = failureOf(error);
      const { reason, code } = failure;
      const message = messageOf(failure);
      print({ event: 'failed', ...about(item), error: { reason, code, message } });
    },
    end: () => void stop(),
  };
}
