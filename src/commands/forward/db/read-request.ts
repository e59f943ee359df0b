import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { FREE_PORT } from '../../../cli/framework/parse-port.ts';
import { readProgram } from '../../../cli/framework/read-program.ts';
import { splitAtMark } from '../../../cli/framework/usage/operands.ts';
import { usageError } from '../../../cli/framework/usage/usage-error.ts';
import { canPrompt } from '../../../cli/prompt/prompt.ts';
import { CLIENT_OPTION_HINT } from '../desktop/desktop-options.ts';
import { checkOptions, type DatabaseTask } from './check-options.ts';
import type { DatabaseOptions } from './database-options.ts';

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
 * @throws UsageError for operands and options that exclude each other
 */
export function readRequest(
  command: Command,
  context: CommandContext,
  operands: readonly string[],
  options: DatabaseOptions,
): DatabaseRequest {
  const request = requestOf(command, context, operands, options);
  checkOptions(command, options, taskOf(request));
  return request;
}

function requestOf(
  command: Command,
  context: CommandContext,
  operands: readonly string[],
  options: DatabaseOptions,
): DatabaseRequest {
  const { before, after } = splitAtMark(context.args, operands);
  const [first, ...rest] = before;
  if (first === 'connect') {
    const name = onlyName(command, rest, CLIENT_OPTION_HINT);
    return { kind: 'connect', name, clientArgs: after };
  }
  const runsProgram = options.exec === true;
  const { program } = readProgram(command, context.args, operands, runsProgram, EXEC_EXAMPLE);
  if (first === 'list' || (first === undefined && isList(context, options)))
    return { kind: 'list', filter: rest.join(' ').trim() };
  if (first === 'url') return readUrl(command, rest, options);
  const name = onlyName(command, before, 'Forward each in a terminal of its own.');
  return { kind: 'forward', name, program };
}

function taskOf(request: DatabaseRequest): DatabaseTask {
  if (request.kind !== 'forward') return request.kind;
  return request.program === undefined ? 'NAME' : 'NAME --exec';
}

/** Whether `db` without a name is a list: no person picks one, and no option is for a port. */
function isList(context: CommandContext, { through, localPort, exec }: DatabaseOptions): boolean {
  const isPicked = canPrompt(context) && !context.options.json;
  return !isPicked && through === undefined && localPort === undefined && exec !== true;
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
