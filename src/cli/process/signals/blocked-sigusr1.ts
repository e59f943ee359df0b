import type { Clock } from '../../../lib/clock.ts';

/** Bit of SIGUSR1, number 10 on Linux, in the masks of `/proc/PID/status` (proc(5)). */
const SIGUSR1_BIT = 1n << 9n;
/** Interval of the check, in milliseconds: soon enough for a user who sends the signal, without load. */
const CHECK_INTERVAL_MS = 250;

/** The process, as far as a blocked signal is concerned. */
export interface BlockedSignalSource {
  readonly platform: NodeJS.Platform;
  emit(signal: 'SIGUSR1', name: 'SIGUSR1'): unknown;
}

/**
 * Calls the listeners to SIGUSR1 where the runtime blocks the signal in all its threads, as
 * `--disable-sigusr1` makes it do: the signal then stays pending, and Linux shows that it is. Other systems
 * do not show pending signals, so the signal has no effect there.
 *
 * @param readStatus - reads `/proc/self/status`
 */
export function deliverBlockedSigusr1(
  source: BlockedSignalSource,
  readStatus: () => string,
  clock: Clock,
): void {
  if (source.platform !== 'linux') return;
  // Nothing is read before the first check: that would delay every start.
  const timer = clock.every(CHECK_INTERVAL_MS, () => {
    const status = statusOf(readStatus);
    if (!isBlocked(status)) {
      timer.cancel();
    } else if (isPending(status)) {
      // It stays pending.
      timer.cancel();
      source.emit('SIGUSR1', 'SIGUSR1');
    }
  });
}

/** Without /proc there is nothing to see. */
function statusOf(readStatus: () => string): string {
  try {
    return readStatus();
  } catch {
    return '';
  }
}

function isBlocked(status: string): boolean {
  return hasSigusr1(/^SigBlk:\s*([\da-f]+)$/m.exec(status));
}

/** Pending for the process as a whole: kill(2) sends it there. */
function isPending(status: string): boolean {
  return hasSigusr1(/^ShdPnd:\s*([\da-f]+)$/m.exec(status));
}

function hasSigusr1(mask: RegExpExecArray | null): boolean {
  return (BigInt(`0x${mask?.[1] ?? '0'}`) & SIGUSR1_BIT) !== 0n;
}
