import type { Clock } from '../../../../lib/clock.ts';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import type { Storage } from '../stored-object.ts';
import type { RunStep } from './windows-step.ts';

/** What copies from and to a target with Windows work with. */
export interface WindowsHost {
  readonly run: RunStep;
  readonly storage: Storage;
  readonly clock: Clock;
  /** Part of temporary names, which no other copy uses. */
  readonly name: string;
  /** Where the target keeps the archive of a directory: a path with slashes. */
  readonly temporary: string;
  /** Bytes that one request of the target sends; for tests. */
  readonly partBytes?: number;
}

/** How long cleanup on the target may take, in milliseconds: the target may be lost. */
const WINDOWS_CLEANUP_MS = 30_000;
/** Characters of a name that a temporary one repeats: names of NTFS have 255. */
const REPEATED_CHARACTERS = 200;

/** The temporary path beside a destination. */
export function partialBeside(destination: string, name: string): string {
  const slash = destination.lastIndexOf('/');
  const base = destination.slice(slash + 1, slash + 1 + REPEATED_CHARACTERS);
  return `${destination.slice(0, slash + 1)}.${base}.${name}.part`;
}

/**
 * Removes what is left on the target, after a failure or an interruption, too.
 *
 * @returns whether it is removed
 */
export function removeThere({ run, clock }: WindowsHost, path: string): Promise<boolean> {
  const limit = new AbortController();
  const removed = run({ kind: 'remove', path }, { signal: limit.signal }).then(
    (results) => results.has('removed'),
    () => false,
  );
  return withTimeout(clock, WINDOWS_CLEANUP_MS, removed, () => {
    limit.abort();
    return false;
  });
}
