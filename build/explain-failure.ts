import { BuildError } from './runtime/build-error.mjs';
import { UnavailableError } from './tool.ts';

/** Exit status of a command that lacks a tool or a mirror, so that its parent can do without it. */
export const UNAVAILABLE_STATUS = 3;
const FAILURE_STATUS = 1;

/**
 * Runs a command of the build. A failure that explains itself, and an argument that does not exist, are
 * shown without a stack trace; anything else is a fault of the build itself. What is unavailable is also
 * sent as text to a parent process that has opened a channel.
 */
export async function explainFailure(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof BuildError || isArgumentError(error))) throw error;
    process.stderr.write(`${error.message}\n`);
    if (!(error instanceof UnavailableError)) {
      process.exitCode = FAILURE_STATUS;
      return;
    }
    process.send?.(error.message);
    process.exitCode = UNAVAILABLE_STATUS;
  }
}

/** What `parseArgs` of Node.js throws about the command line. */
function isArgumentError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
  );
}
