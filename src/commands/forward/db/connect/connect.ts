import { makeRunDirectory, type RunDirectory } from '../../../../cli/storage/run-directory.ts';
import type { Timer } from '../../../../lib/clock.ts';
import { printable } from '../../../../lib/printable.ts';
import type { PreparedDatabase } from '../prepare-database.ts';
import type { PortAddress } from '../../one-port.ts';
import { forwardDatabase } from '../run-database.ts';
import { readAuthorities } from './authorities.ts';
import { checkServer } from './check-server.ts';
import type { ClientCommand } from './client-start.ts';
import { findClient, type DatabaseClient } from './clients.ts';
import { keepRenewed } from './keep-renewed.ts';
import { chooseSignIn, credentialOf, type SignIn, type SignInOptions } from './sign-in.ts';

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

/** What runs once the port listens. */
interface ClientRun extends Pick<ConnectRequest, 'database' | 'clientArgs'> {
  readonly client: DatabaseClient;
  readonly signIn: SignIn;
  /** Certificates in PEM that the server is verified with; undefined where it has no TLS. */
  readonly authorities: readonly string[] | undefined;
  readonly directory: RunDirectory;
}

/**
 * Forwards the port of a database, and runs a client for it. Both end together.
 *
 * @returns the exit status of the client, or of the port when it could not be forwarded
 * @throws CommandError, NetworkError or AwsError
 */
export async function connectDatabase(request: ConnectRequest): Promise<number> {
  const { database: prepared, localPort, reason, options } = request;
  const { database, findNode, context } = prepared;
  const client = findClient(context, database, options.client);
  const authorities = database.tls === 'off' ? undefined : await readAuthorities(options.ca);
  const signIn = await chooseSignIn(() => context.aws.calls(), database, options, client);
  const node = await findNode();
  const directory = await makeRunDirectory(context, 'db');
  const run = { ...request, client, signIn, authorities, directory };
  let renewal: Timer | undefined;
  try {
    return await forwardDatabase(context, {
      ...{ database, node, localPort, reason },
      async program(end) {
        await verifyServer(run, end);
        const start = clientStarter(run, end);
        if (signIn.kind === 'token' && client.readsAgain)
          renewal = keepRenewed(context.clock, context.logger, start);
        return start();
      },
    });
  } finally {
    renewal?.cancel();
    directory.remove();
  }
}

/** Verifies the server before the client gets anything, and reports what the client itself does not verify. */
async function verifyServer(
  { database: { database, context }, client, authorities }: ClientRun,
  { address, port }: PortAddress,
): Promise<void> {
  const { clock, output } = context;
  const { program, verifiesName } = client;
  const host = printable(database.host);
  if (authorities === undefined) {
    output.notify(`${host} has no TLS: the connection from the node to it is not encrypted.`);
    return;
  }
  await checkServer({ clock, database, authorities, address, port });
  if (verifiesName) return;
  output.notify(
    `The certificate of ${host} is valid for this name. ${program} itself does not verify the name.`,
  );
}

/** Makes the command of the client, and its files; each call with a new token. */
function clientStarter(
  {
    database: { database, context },
    client,
    signIn,
    authorities,
    directory,
    clientArgs,
  }: ClientRun,
  { address, port }: PortAddress,
): () => Promise<ClientCommand> {
  const { host, databaseName } = database;
  const { env, platform, terminal } = context;
  const place = {
    ...{ program: client.program, host, address, port, user: signIn.user, databaseName },
    ...{ env, platform, isInTerminal: terminal.stdin },
    authorities: authorities && directory.write('ca.pem', authorities.join('')),
    write: (name: string, text: string) => directory.write(name, text),
  };
  return async () => {
    const { command, variables } = await client.start({
      ...place,
      credential: await credentialOf(signIn),
    });
    return { command: [...command, ...clientArgs], variables };
  };
}
