import type { TestContext } from 'node:test';
import type { CommandContext } from '../../../../../src/cli/framework/command-context.ts';
import { READY_POLL_MS } from '../../../../../src/cli/target/ready/not-ready.ts';
import { systemClock, type Clock } from '../../../../../src/lib/clock.ts';
import type { LocalAws, LocalAwsOptions } from '../../../../local-aws/local-aws.ts';
import { startLocalRemote } from '../../../remote/support/local-remote.ts';

/** A command that waits for its target, on an account of its own. */
export interface ReadyContext {
  readonly aws: LocalAws;
  readonly context: CommandContext;
  /** What it has reported to wait for, in order. */
  readonly waits: readonly string[];
  /** What it has printed for the user, in order. */
  readonly notices: readonly string[];
  /** Reports that have not ended. */
  readonly openReports: () => number;
  /** Aborted when a signal ends the command. */
  readonly interrupt: () => void;
}

/** What differs from one command to another. */
export interface ReadyChoices {
  readonly starts?: boolean;
  readonly limitMs?: number;
  /** Is called before each pause. */
  readonly onPause?: (nth: number, aws: LocalAws) => void;
}

const MINUTE_MS = 60_000;

/** The pauses between two questions pass at once. */
export async function startReadyContext(
  t: TestContext,
  options: LocalAwsOptions,
  { starts = false, limitMs = MINUTE_MS, onPause = () => undefined }: ReadyChoices = {},
): Promise<ReadyContext> {
  const { aws, remote } = await startLocalRemote(t, { aws: options });
  const waits: string[] = [];
  const notices: string[] = [];
  let open = 0;
  let skipped = 0;
  let pauses = 0;
  const clock: Clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + skipped,
    after(delay, callback) {
      if (delay !== READY_POLL_MS) return systemClock.after(delay, callback);
      onPause(++pauses, aws);
      skipped += delay;
      return systemClock.after(0, callback);
    },
  };
  const interruption = new AbortController();
  const until = clock.monotonic() + limitMs;
  return {
    aws,
    waits,
    notices,
    openReports: () => open,
    interrupt: () => interruption.abort(),
    context: {
      ...remote.context,
      clock,
      interrupted: interruption.signal,
      options: { ...remote.context.options, ready: { limitMs, starts } },
      readyUntil: () => until,
      output: { ...remote.context.output, notify: (text) => void notices.push(text) },
      waits: {
        ...remote.context.waits,
        report({ name }) {
          waits.push(name);
          open++;
          return () => {
            open--;
          };
        },
      },
    },
  };
}
