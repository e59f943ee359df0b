import type { StatusLine } from './status-line.ts';
import type { Waits } from './waits.ts';

/** What a command shows of its progress. */
export interface Progress {
  readonly waits: Pick<Waits, 'pause'>;
  readonly output: { readonly status: Pick<StatusLine, 'pause'> };
}

/**
 * Leaves the terminal to a question or another program: nothing of the progress is shown there.
 *
 * @returns takes it back
 */
export function releaseTerminal({ waits, output }: Progress): () => void {
  const resumeStatus = output.status.pause();
  const resumeWaits = waits.pause();
  return () => {
    resumeStatus();
    resumeWaits();
  };
}
