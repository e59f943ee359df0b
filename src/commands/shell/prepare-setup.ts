import type { CommandContext } from '../../cli/framework/command-context.ts';
import { createRemote, requirePosix } from '../../cli/remote/remote.ts';
import type { ResolvedTarget } from '../../cli/target/resolve-target.ts';
import type { SessionRecorder } from '../../session/shell/session-recorder.ts';
import { runSetup } from './run-setup.ts';
import { readVariables, type ShellSetup } from './shell-setup.ts';

/** A shell as the command line describes it. */
export interface SetupRequest extends Omit<ShellSetup, 'variables'> {
  /** `NAME=VALUE`, or `NAME`. */
  readonly variables: readonly string[];
  readonly reason: string | undefined;
  /** What needs a POSIX shell on the target, such as `shell --user`. */
  readonly what: string;
}

/**
 * Checks everything that is known before the session.
 *
 * @returns runs the session
 * @throws CommandError for a variable that cannot be set, and for a target with Windows
 * @throws AwsError when AWS cannot be reached
 */
export async function prepareSetup(
  context: CommandContext,
  target: ResolvedTarget,
  { variables, reason, what, ...setup }: SetupRequest,
): Promise<(recorder: SessionRecorder | undefined) => Promise<number>> {
  const read = { ...setup, variables: readVariables(variables, context) };
  const remote = createRemote({ context, target, reason, stopped: context.interrupted });
  await requirePosix(remote, what);
  return (recorder) => runSetup(remote, read, recorder);
}
