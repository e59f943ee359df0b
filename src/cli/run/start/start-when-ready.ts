import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { CommandContext } from '../../framework/command-context.ts';
import { notReady, READY_POLL_MS, type AwaitedTarget } from '../../target/ready/not-ready.ts';
import { pause } from './pause.ts';

/** What a start that may be repeated works with. */
export interface ReadyStart {
  readonly context: Pick<CommandContext, 'clock' | 'options' | 'readyUntil' | 'waits'>;
  readonly target: AwaitedTarget;
  /** Resolves when the session is no longer wanted. */
  readonly stopped: Promise<unknown>;
}

/**
 * Starts a session. For a command that waits for its target, a refusal is repeated until the time has ended: the service
 * reports an agent as connected before it accepts sessions with it.
 *
 * @throws AwsError as the start does, or when the target is not ready in time
 */
export async function startWhenReady<Result>(
  start: () => Promise<Result>,
  { context, target, stopped }: ReadyStart,
): Promise<Result> {
  const { clock, options, waits } = context;
  const until = context.readyUntil() ?? 0;
  // Sessions that are started later, such as those of a forwarded port, have their own rules.
  if (options.ready === undefined || clock.monotonic() >= until) return start();
  let endReport: (() => void) | undefined;
  try {
    for (;;) {
      try {
        return await start();
      } catch (error) {
        if (!mayPass(error)) throw error;
        if (clock.monotonic() >= until) throw notReady(target, 'sessions', options.ready.limitMs);
        endReport ??= waits.report({ name: 'sessions to start', place: target.id });
        const paused = await pause(clock, READY_POLL_MS, stopped);
        if (paused.kind === 'interrupted') throw error;
      }
    }
  } finally {
    endReport?.();
  }
}

function mayPass(error: unknown): boolean {
  return (
    isAwsError(error) && (error.reason === 'target-not-connected' || error.reason === 'throttled')
  );
}
