import type { Command } from 'commander';
import type { CommandContext } from '../../../../cli/framework/command-context.ts';
import { FREE_PORT } from '../../../../cli/framework/parse-port.ts';
import { filled } from '../../../../cli/framework/usage/filled.ts';
import { usageError } from '../../../../cli/framework/usage/usage-error.ts';
import type { Place } from '../../../../cli/target/places.ts';
import { CLIENT_OPTION_HINT } from '../../desktop/desktop-options.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { connectDatabase, type ConnectOptions } from './connect.ts';

/** Options of `db` that count for `db connect`. */
interface ConnectWords extends ConnectOptions {
  readonly through?: string;
  readonly localPort?: string;
  readonly reason?: string;
  readonly env?: true;
  readonly exec?: true;
}

/** Adds the options that only `db connect` has. */
export function addConnectOptions(command: Command): Command {
  return command
    .option(
      '--client <program>',
      'for connect: the client, such as psql; by default the first one on PATH',
      filled,
    )
    .option('--secret <id>', 'for connect: name or ARN of the secret with the password', filled)
    .option('--iam', 'for connect: sign in with an IAM token, also as the master user')
    .option('--no-iam', 'for connect: sign in without an IAM token');
}

/** @throws UsageError when options were passed that only `db connect` has */
export function refuseConnectOptions(command: Command, options: ConnectOptions): void {
  const { client, secret, iam } = options;
  const [name] = Object.entries({ client, secret, [iam === false ? 'no-iam' : 'iam']: iam })
    .filter(([, value]) => value !== undefined)
    .map(([option]) => `--${option}`);
  if (name === undefined) return;
  throw usageError(command, `${name} is an option of connect.`, [
    'Write `session-manager-plugin db connect NAME`.',
  ]);
}

/**
 * `db connect NAME [-- arguments…]`
 *
 * @param operands - after the word
 * @param clientArgs - after `--`
 */
export async function runConnect(
  command: Command,
  context: CommandContext,
  places: readonly Place[],
  operands: readonly string[],
  clientArgs: readonly string[],
  options: ConnectWords,
): Promise<void> {
  const [name, ...others] = operands;
  const { through, localPort = FREE_PORT, reason, env, exec } = options;
  if (others.length > 0)
    throw usageError(command, 'There is more than one database.', [CLIENT_OPTION_HINT]);
  if (env === true || exec === true)
    throw usageError(command, 'connect runs a client itself.', ['Leave --env and --exec out.']);
  const database = await prepareDatabase(context, places, name, through);
  context.exitWith(await connectDatabase({ database, localPort, reason, options, clientArgs }));
}
