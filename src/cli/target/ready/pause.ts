import type { CommandContext } from '../../framework/command-context.ts';

/** Waits. After a signal it never resolves: the command does not continue then. */
export function pauseUnlessInterrupted(
  { clock, interrupted }: Pick<CommandContext, 'clock' | 'interrupted'>,
  milliseconds: number,
): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) return;
    const onInterrupted = (): void => timer.cancel();
    const timer = clock.after(milliseconds, () => {
      interrupted.removeEventListener('abort', onInterrupted);
      resolve();
    });
    interrupted.addEventListener('abort', onInterrupted, { once: true });
  });
}
