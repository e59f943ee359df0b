import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { FREE_PORT } from '../../../cli/framework/parse-port.ts';
import { readProgram } from '../../../cli/framework/read-program.ts';
import { splitAtMark } from '../../../cli/framework/usage/operands.ts';
import { usageError } from '../../../cli/framework/usage/usage-error.ts';
import { canPrompt } from '../../../cli/prompt/prompt.ts';
import { CLIENT_OPTION_HINT } from '../desktop/desktop-options.ts';
import { refuseConnectOptions, type DatabaseOptions } from './database-options.ts';

/** What `db` is asked to do. A name is undefined where the person at the terminal chooses the database. */
export type DatabaseRequest =
  | { readonly kind: 'list'; readonly filter: string }
  | { readonly kind: 'url'; readonly name: string | undefined }
  | {
      readonly kind: 'connect';
      readonly name: string | undefined;
      readonly clientArgs: readonly string[];
    }
  | {
      readonly kind: 'forward';
      readonly name: string | undefined;
      /** What runs beside it; undefined without `--exec`. */
      readonly program: readonly string[] | undefined;
    };

/** A whole command line with a program. */
export const EXEC_EXAMPLE = 'db shop --exec -- npm run migrate';

/**
 * Reads what `db` is asked to do.
 *
 * @param operands - without options and `--`
 * @throws UsageError for what does not fit together
 */
export function readRequest(
  command: Command,
  context: CommandContext,
  operands: readonly string[],
  options: DatabaseOptions,
): DatabaseRequest {
  const { before, after } = splitAtMark(context.args, operands);
  const [first, ...rest] = before;
  if (first === 'connect') return readConnect(command, rest, after, options);
  refuseConnectOptions(command, options);
  const runsProgram = options.exec === true;
  const { program } = readProgram(command, context.args, operands, runsProgram, EXEC_EXAMPLE);
  if (first === 'list' || (first === undefined && isList(context, options)))
    return { kind: 'list', filter: rest.join(' ').trim() };
  if (first === 'url') return readUrl(command, rest, options);
  const name = onlyName(command, before, 'Forward each in a terminal of its own.');
  if (options.env === true)
    throw usageError(command, '--env is an option of url.', [
      'Write `session-manager-plugin db url NAME --env`.',
    ]);
  return { kind: 'forward', name, program };
}

/** Whether `db` without a name is a list: no person picks one, and no option is for a port. */
function isList(context: CommandContext, { through, localPort, exec }: DatabaseOptions): boolean {
  const isPicked = canPrompt(context) && !context.options.json;
  return !isPicked && through === undefined && localPort === undefined && exec !== true;
}

function readConnect(
  command: Command,
  names: readonly string[],
  clientArgs: readonly string[],
  { env, exec }: DatabaseOptions,
): DatabaseRequest {
  const name = onlyName(command, names, CLIENT_OPTION_HINT);
  if (env === true || exec === true)
    throw usageError(command, 'connect runs a client itself.', ['Leave --env and --exec out.']);
  return { kind: 'connect', name, clientArgs };
}

function readUrl(
  command: Command,
  names: readonly string[],
  { localPort }: DatabaseOptions,
): DatabaseRequest {
  const name = onlyName(command, names, 'Forward each in a terminal of its own.');
  if (localPort !== FREE_PORT) return { kind: 'url', name };
  throw usageError(command, 'A URL needs a port.', [
    'Pass the local port of `session-manager-plugin db NAME`, or leave out --local-port.',
  ]);
}

function onlyName(
  command: Command,
  [name, ...others]: readonly string[],
  hint: string,
): string | undefined {
  if (others.length === 0) return name;
  throw usageError(command, 'There is more than one database.', [hint]);
}
