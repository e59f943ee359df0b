import type { Command } from 'commander';
import { splitAtMark } from '../../../cli/framework/usage/operands.ts';
import { usageError } from '../../../cli/framework/usage/usage-error.ts';
import { ValueError } from '../../../cli/framework/usage/value-error.ts';
import { FREE_PORT, parseLocalPort, parsePort } from '../../../cli/framework/parse-port.ts';

/** The hint of `rdp`, `vnc` and `db connect` for options of a client. */
export const CLIENT_OPTION_HINT =
  'Put -- before the arguments of the client: what follows it is not read as options.';

/** What the options of both commands are. */
export interface DesktopOptions {
  readonly port: string;
  readonly localPort: string;
  readonly client?: string;
  readonly reason?: string;
}

/**
 * @param port - of the target, by default
 * @param client - an example
 */
export function addDesktopOptions(command: Command, port: string, client: string): Command {
  return command
    .argument(
      '[target]',
      'machine with the desktop: id, connection, Name tag, private address or host name. If you leave it out, you ' +
        'pick it from a list',
    )
    .argument('[arguments...]', 'after --: further arguments of the client')
    .option('--port <port>', 'port of the target', (text) => parsePort(text), port)
    .option('--local-port <port>', 'local port; 0 for a free one', parseLocalPort, FREE_PORT)
    .option(
      '--client <program>',
      `the client to run, such as ${client}; by default the first one on PATH`,
    )
    .option('--reason <text>', 'note for the session history');
}

/** The name of a user of the target. A line break would add a line to the file of the client. */
export function parseUser(text: string): string {
  if (/^[^\p{Cc}]{1,256}$/u.test(text)) return text;
  throw new ValueError(['Pass the name of a user there, such as Administrator or CORP\\\\anna.']);
}

/** What the operands of both commands are. */
interface DesktopOperands {
  /** The target as it was typed; undefined when it was not. */
  readonly named: string | undefined;
  readonly clientArgs: readonly string[];
}

/**
 * @param args - all arguments of the program
 * @throws UsageError when there is more than a target before `--`
 */
export function readDesktopOperands(
  command: Command,
  args: readonly string[],
  operands: readonly (string | undefined)[],
): DesktopOperands {
  const words = operands.filter((word) => word !== undefined);
  const { before, after } = splitAtMark(args, words);
  const [named, ...others] = before;
  if (others.length > 0)
    throw usageError(command, 'There is more than one target.', [CLIENT_OPTION_HINT]);
  return { named, clientArgs: after };
}
