import { MissingToolError } from './tool.ts';

/** Failures whose message says what to do; anything else is a fault of the build itself. */
const EXPLAINED: ReadonlySet<string> = new Set([
  'ToolError',
  'RangeError',
  'SetupError',
  'SigningSettingsError',
  'WindowsSigningError',
  'IdentityError',
]);

/** Ends a command for which a tool is missing, so that whoever runs it can do without. */
export const MISSING_TOOL_STATUS = 3;
const FAILURE_STATUS = 1;

/** Runs a command of the build; a failure that explains itself is shown without a stack trace. */
export async function explainFailure(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Error && EXPLAINED.has(error.name))) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof MissingToolError ? MISSING_TOOL_STATUS : FAILURE_STATUS;
  }
}
