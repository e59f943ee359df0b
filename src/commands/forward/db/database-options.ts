import type { Command } from 'commander';
import { parseLocalPort } from '../../../cli/framework/parse-port.ts';
import { filled } from '../../../cli/framework/usage/filled.ts';
import type { PlaceOptions } from '../../../cli/target/places.ts';
import type { ConnectOptions } from './connect/connect.ts';

/** What the options of `db` are. */
export interface DatabaseOptions extends PlaceOptions, ConnectOptions {
  readonly through?: string;
  readonly localPort?: string;
  readonly env?: true;
  readonly exec?: true;
  readonly reason?: string;
}

/** Adds the options, with those that only one subcommand has. */
export function addDatabaseOptions(command: Command): Command {
  return command
    .option(
      '--through <target>',
      'forward through this target instead of a managed node in the VPC of the database',
    )
    .option(
      '--local-port <port>',
      'local port; by default that of the database, or 8000 more if it is below 1024. 0 for a free one, which is the ' +
        'default with --exec',
      parseLocalPort,
    )
    .option('--user <name>', 'user of the database instead of its master user', filled)
    .option('--ca <file>', 'PEM file with the CA certificates of the database', filled)
    .option('--env', 'for url: print export lines with the variables of its clients')
    .option(
      '--exec',
      'run the program after -- once the port listens, with these variables, and end with its exit status',
    )
    .option('--reason <text>', 'note for the session history')
    .option(
      '--client <program>',
      'for connect: the client, such as psql; by default the first one on PATH',
      filled,
    )
    .option('--secret <id>', 'for connect: name or ARN of the secret with the password', filled)
    .option('--iam', 'for connect: sign in with an IAM token, also as the master user')
    .option('--no-iam', 'for connect: sign in without an IAM token');
}
