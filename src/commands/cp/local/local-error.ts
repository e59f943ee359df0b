import { copyFailures } from '../../../failures/copies/copy.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { systemCode, systemText } from '../../../lib/errors/system-error.ts';
import { shownPath } from '../paths.ts';

/** How failures name the machine that the program runs on. */
export const THIS_MACHINE = 'this machine';

/** The system's text and code of an error: `no space left on device (ENOSPC)`. */
function whyFailed(error: unknown): string {
  const code = systemCode(error);
  return `${systemText(asError(error))}${code === '' ? '' : ` (${code})`}`;
}

/**
 * Runs work that writes to a path of this machine.
 *
 * @throws CommandError that names the path when the system refuses it
 */
export async function writing<T>(path: Buffer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw localFailure(error, (why) => copyFailures['copy-unwritable'](shownPath(path), why));
  }
}

/** Codes of a rename to a name that a directory, or a file in the place of one, has got meanwhile (rename(2)). */
const APPEARED = ['EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'];

/**
 * Runs work that gives a copy its final name.
 *
 * @throws CommandError that names the path when the system refuses it
 */
export async function publishing<T>(path: Buffer, work: () => Promise<T>): Promise<T> {
  return writing(path, async () => {
    try {
      return await work();
    } catch (error) {
      if (!APPEARED.includes(systemCode(error))) throw error;
      throw new CommandError(copyFailures['copy-appeared'](shownPath(path)));
    }
  });
}

/**
 * Runs work that reads a path of this machine.
 *
 * @throws CommandError that names the path when the system refuses it
 */
export async function reading<T>(path: Buffer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new CommandError(copyFailures['copy-source-missing'](shownPath(path), THIS_MACHINE));
    }
    throw localFailure(error, (why) =>
      copyFailures['copy-source-unreadable'](shownPath(path), THIS_MACHINE, why),
    );
  }
}

type FailureOf = (why: string) => ReturnType<(typeof copyFailures)['copy-unwritable']>;

/** Anything but an error of the system stays as it is. */
function localFailure(error: unknown, failureOf: FailureOf): unknown {
  const isOfSystem = typeof Reflect.get(asError(error), 'errno') === 'number';
  return isOfSystem ? new CommandError(failureOf(whyFailed(error))) : error;
}
