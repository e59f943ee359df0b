import type { Clock } from '../../../lib/clock.ts';

/** How a pause ended. */
export type Pause<Interruption> =
  { readonly kind: 'over' } | { readonly kind: 'interrupted'; readonly by: Interruption };

/** Waits, unless something comes first. */
export function pause<Interruption>(
  clock: Clock,
  milliseconds: number,
  interrupted: Promise<Interruption>,
): Promise<Pause<Interruption>> {
  return new Promise((resolve) => {
    const timer = clock.after(milliseconds, () => resolve({ kind: 'over' }));
    void interrupted.then((by) => {
      timer.cancel();
      resolve({ kind: 'interrupted', by });
    });
  });
}
