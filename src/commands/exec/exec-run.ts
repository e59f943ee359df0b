import type { Remote } from '../../cli/remote/remote.ts';
import type { ShellName } from '../../cli/remote/remote-shell.ts';
import { chooseShell, isContainer, wrapScript } from '../../cli/remote/remote-shell.ts';

/** One command for a target. */
export interface ExecRun {
  readonly remote: Remote;
  /** A line for the shell. */
  readonly script: string;
  /** The shell that reads it. */
  readonly shell: ShellName;
  /** The words that make the agent run the command, also a line for a POSIX shell there. */
  readonly words: string;
  /** Whether stdout is encoded on the target, so that every byte arrives. */
  readonly isBinary: boolean;
}

/** What a user may set about a command. */
export interface ExecChoice {
  /** Undefined for the platform's own. */
  readonly shell: ShellName | undefined;
  readonly sudo: boolean;
  readonly binary: boolean;
}

/** Systems Manager knows no platform of a container. */
const NO_FACTS = { platform: undefined };
/** Without a password: sudo fails where it needs one. */
const SUDO = 'sudo -n --';

/**
 * Finds out how a command is run.
 *
 * @throws CommandError for a shell that the target has not, or a command that is too long
 * @throws AwsError when AWS cannot be reached
 */
export async function planExec(
  remote: Remote,
  script: string,
  { shell, sudo, binary }: ExecChoice,
): Promise<ExecRun> {
  const { platform } = isContainer(remote.target.id) ? NO_FACTS : await remote.facts();
  const chosen = chooseShell({ platform, shell });
  const words = wrapScript(script, chosen);
  return {
    remote,
    script,
    shell: chosen,
    words: sudo ? `${SUDO} ${words}` : words,
    isBinary: binary,
  };
}
