import { BuildError } from '../runtime/build-error.mjs';

/**
 * Runs an action, and then closes what it has used, also after a failure.
 *
 * @throws the error of the action, or else that of `close`; if both fail, as {@link closeAfterError}
 */
export function runAndClose<Result>(action: () => Result, close: () => void): Result {
  let result: Result;
  try {
    result = action();
  } catch (error) {
    closeAfterError(error, close);
    throw error;
  }
  close();
  return result;
}

/**
 * Closes what an action has used that has failed. The caller then throws the error of the action.
 *
 * @param error - of the action
 * @throws BuildError with both messages when closing fails, too. Its cause is the error of the action
 */
export function closeAfterError(error: unknown, close: () => void): void {
  try {
    close();
  } catch (second) {
    // Anything else is a fault of the build, which is shown with its stack.
    if (!(error instanceof BuildError && second instanceof BuildError)) return;
    throw new BuildError(`${error.message}\nAfter that, ${second.message}`, { cause: error });
  }
}
