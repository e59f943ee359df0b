import { UnavailableError } from './tool.ts';

/** Failures whose message says what to do; anything else is a fault of the build itself. */
const EXPLAINED: ReadonlySet<string> = new Set([
  'ToolError',
  'RangeError',
  'SetupError',
  'SigningSettingsError',
  'WindowsSigningError',
  'IdentityError',
]);

/** Exit status of a command that lacks a tool or a mirror, so that its parent can do without it. */
export const UNAVAILABLE_STATUS = 3;
const FAILURE_STATUS = 1;

/**
 * Runs a command of the build. A failure that explains itself is shown without a stack trace; what is
 * unavailable is also sent as text to a parent process that has opened a channel.
 */
export async function explainFailure(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Error && EXPLAINED.has(error.name))) throw error;
    process.stderr.write(`${error.message}\n`);
    if (!(error instanceof UnavailableError)) {
      process.exitCode = FAILURE_STATUS;
      return;
    }
    process.send?.(error.message);
    process.exitCode = UNAVAILABLE_STATUS;
  }
}
