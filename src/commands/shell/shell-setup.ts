import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { shellFailures } from '../../failures/shells.ts';
import { printable } from '../../lib/printable.ts';

/** What is run on the target, and how. */
export interface ShellSetup {
  /** Who runs it; undefined for the session's user. */
  readonly user: string | undefined;
  /** Name or path of a program; undefined for the login shell, or `sh` for a command. */
  readonly shell: string | undefined;
  readonly login: boolean;
  readonly directory: string | undefined;
  readonly variables: readonly Variable[];
  /** A line for the shell; undefined for a shell that reads its terminal. */
  readonly command: string | undefined;
}

/** An environment variable of the target. Its value is never in the request, which the trail of the account records. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What a shell calls a name (POSIX, "Name"). */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads `--env`: `NAME=VALUE`, or `NAME` for the value that it has here.
 *
 * @throws CommandError for a name that no shell takes, or that is not set here
 */
export function readVariables(
  texts: readonly string[],
  { env }: Pick<CommandContext, 'env'>,
): readonly Variable[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    if (!VARIABLE_NAME.test(name)) {
      throw new CommandError(shellFailures['variable-invalid'](printable(name)));
    }
    const value = at === -1 ? env[name] : text.slice(at + 1);
    if (value === undefined) throw new CommandError(shellFailures['variable-unset'](name));
    return { name, value };
  });
}
