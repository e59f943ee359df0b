import type { Clock, Timer } from '../../../lib/clock.ts';

/** Notices that something has been idle for a while. */
export interface IdleWatch {
  /** Whether it is idle now. */
  update(isIdle: boolean): void;
}

/** @param idleMs - undefined for never */
export function watchIdleness(
  clock: Clock,
  idleMs: number | undefined,
  onIdle: () => void,
): IdleWatch {
  let timer: Timer | undefined;
  return {
    update(isIdle) {
      if (!isIdle) {
        timer?.cancel();
        timer = undefined;
      } else if (idleMs !== undefined) {
        timer ??= clock.after(idleMs, () => {
          timer = undefined;
          onIdle();
        });
      }
    },
  };
}
