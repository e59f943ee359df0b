import type { Clock } from '../../src/lib/clock.ts';

/** Often enough that a person sees that the build has not stopped. */
const INTERVAL_MS = 5000;
const MS_PER_SECOND = 1000;
const SECONDS_PER_MINUTE = 60;

/** Prints what a build does: a line for each step, and every 5 s which steps take how long. */
export interface Progress {
  /**
   * A step begins; the one before it, with the same subject, has ended.
   *
   * @param subject - what is made, such as a target
   */
  begin(subject: string, step: string): void;
  /** The last step of a subject has ended. */
  end(subject: string): void;
  /** Nothing more is printed. */
  stop(): void;
}

/** @param write - prints text, with its line breaks */
export function startProgress(write: (text: string) => void, clock: Clock): Progress {
  const start = clock.monotonic();
  const running = new Map<string, { readonly step: string; readonly since: number }>();
  const timer = clock.every(INTERVAL_MS, () => {
    if (running.size === 0) return;
    const now = clock.monotonic();
    const steps = [...running].map(
      ([subject, { step, since }]) => `${subject}: ${step} (${duration(now - since)})`,
    );
    write(`[${duration(now - start)}] ${steps.join('; ')}\n`);
  });
  return {
    begin(subject, step) {
      running.set(subject, { step, since: clock.monotonic() });
      write(`${subject}: ${step}\n`);
    },
    end(subject) {
      running.delete(subject);
    },
    stop() {
      timer.cancel();
    },
  };
}

/** `2 min 5 s`, in whole seconds. */
function duration(milliseconds: number): string {
  const all = Math.round(milliseconds / MS_PER_SECOND);
  const [minutes, seconds] = [Math.floor(all / SECONDS_PER_MINUTE), all % SECONDS_PER_MINUTE];
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds} s`;
}
