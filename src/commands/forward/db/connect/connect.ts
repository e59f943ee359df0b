import { makeRunDirectory } from '../../../../cli/storage/run-directory.ts';
import type { Timer } from '../../../../lib/clock.ts';
import { printable } from '../../../../lib/printable.ts';
import type { BesideProgram } from '../../beside-program.ts';
import type { PreparedDatabase } from '../prepare-database.ts';
import type { PortAddress } from '../../one-port.ts';
import { forwardDatabase } from '../run-database.ts';
import { readAuthorities } from './authorities.ts';
import { checkServer } from './check-server.ts';
import { findClient } from './clients.ts';
import { keepRenewed } from './keep-renewed.ts';
import { chooseSignIn, type SignInOptions } from './sign-in.ts';

/** What the user requests of `db connect`. */
export interface ConnectOptions extends SignInOptions {
  readonly client?: string;
  /** A file with CA certificates. */
  readonly ca?: string;
}

/** A client of a database, and how it reaches it. */
export interface ConnectRequest {
  readonly database: PreparedDatabase;
  /** Of this machine; `0` for a free one. */
  readonly localPort: string;
  readonly reason: string | undefined;
  readonly options: ConnectOptions;
  /** Arguments of the client after its own. */
  readonly clientArgs: readonly string[];
}

/**
 * Forwards the port of a database, and runs a client for it. Both end together.
 *
 * @returns the exit status of the client, or of the port when it could not be forwarded
 * @throws CommandError, NetworkError or AwsError
 */
export async function connectDatabase({
  database: prepared,
  localPort,
  reason,
  options,
  clientArgs,
}: ConnectRequest): Promise<number> {
  const { database, findNode, context } = prepared;
  const { host, tls, databaseName } = database;
  const { clock, env, platform, terminal, output } = context;
  const client = findClient(context, database, options.client);
  const { program, start, verifiesName } = client;
  const certificates = tls === 'off' ? undefined : await readAuthorities(options.ca);
  const { user, password, isToken } = await chooseSignIn(
    () => context.aws.calls(),
    database,
    options,
    client,
  );
  const node = await findNode();
  const directory = await makeRunDirectory(context, 'db');
  let renewal: Timer | undefined;

  const makeProgram = async ({ address, port }: PortAddress): Promise<BesideProgram> => {
    if (certificates === undefined) {
      output.notify(
        `${printable(host)} has no TLS: what ${program} sends is not encrypted behind the node.`,
      );
    } else {
      await checkServer({ clock, database, authorities: certificates, address, port });
      if (!verifiesName)
        output.notify(
          `The certificate of ${printable(host)} is valid for this name. ${program} itself does not verify the name.`,
        );
    }
    const place = {
      ...{ program, host, address, port, user, databaseName, isToken, env, platform },
      authorities: certificates && directory.write('ca.pem', certificates.join('')),
      isInTerminal: terminal.stdin,
      write: (name: string, text: string) => directory.write(name, text),
    };
    const startNow = async (): Promise<Pick<BesideProgram, 'command' | 'variables'>> =>
      start({ ...place, password: await password?.() });
    if (isToken && client.readsAgain) renewal = keepRenewed(clock, context.logger, startNow);
    const { command, variables } = await startNow();
    return { command: [...command, ...clientArgs], variables };
  };

  try {
    const run = { database, node, localPort, reason, program: makeProgram };
    return await forwardDatabase(context, run);
  } finally {
    renewal?.cancel();
    directory.remove();
  }
}
