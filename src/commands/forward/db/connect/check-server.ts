import { connect } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Database } from '../../../../aws/databases.ts';
import { databaseClientFailures } from '../../../../failures/database-clients.ts';
import { connectionProblem } from '../../../../failures/connection-failure.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { asError } from '../../../../lib/errors/as-error.ts';
import { printableStart } from '../../../../lib/printable.ts';
import { createDeadline } from '../../../../network/deadline.ts';
import { CONNECT_TIMEOUT_MS } from '../../../../network/open-connection.ts';
import { describeTlsFailure } from '../../../../network/tls/tls-error.ts';
import { performTlsHandshake } from '../../../../network/tls/tls-handshake.ts';
import { TLS_STRENGTH } from '../../../../network/tls/tls-strength.ts';
import { CommandError } from '../../../../cli/framework/command-context.ts';
import { startTls } from './start-tls.ts';

/** Most characters that a message quotes of a server's text. */
const MAX_TEXT_CHARACTERS = 200;

/** Failures of a certificate that other CA certificates could verify. */
const UNTRUSTED: readonly string[] = [
  'certificate-untrusted',
  'certificate-issuer-unknown',
  'certificate-self-signed',
];
const WRONG_HOST = 'certificate-wrong-host';

/** What a database is verified with. */
export interface ServerCheck {
  readonly clock: Clock;
  readonly database: Pick<Database, 'name' | 'service' | 'family' | 'host'>;
  /** Certificates in PEM. */
  readonly authorities: readonly string[];
  /** The local address and port that are forwarded to it. */
  readonly address: string;
  readonly port: number;
}

/**
 * Verifies, with a separate connection, that the server at the end of a forwarded port has a certificate for the name of the
 * database.
 *
 * @throws CommandError or NetworkError when it has not
 */
export async function checkServer(check: ServerCheck): Promise<void> {
  const { clock, database, authorities, address, port } = check;
  const { host, family } = database;
  // Without TLS, these servers wait for the rest of a message that they do not understand, or close the connection.
  const mayLackTls = family === 'redis' || family === 'docdb';
  const unanswered = (why: string): CommandError =>
    new CommandError(databaseClientFailures['database-unanswered'](host, why, mayLackTls));
  // The first step that uses it reports an error.
  const socket = connect({ host: address, port }).on('error', () => undefined);
  const deadline = createDeadline(clock, CONNECT_TIMEOUT_MS);
  const timeout = new Error(`timed out after ${CONNECT_TIMEOUT_MS / 1000} s`);
  const stop = (): void => void socket.destroy(timeout);
  deadline.signal.addEventListener('abort', stop);
  try {
    const answer = await startTls(socket, family).catch((error: unknown) => {
      throw unanswered(asError(error).message);
    });
    if (answer === 'refused')
      throw new CommandError(databaseClientFailures['database-tls-off'](host));
    if (answer !== 'ready') throw unanswered(printableStart(answer.problem, MAX_TEXT_CHARACTERS));
    // From here on, the handshake itself observes the deadline.
    deadline.signal.removeEventListener('abort', stop);
    const handshake = await performTlsHandshake({
      host,
      tunnel: socket,
      secureContext: createSecureContext({ ...TLS_STRENGTH, ca: [...authorities] }),
      signal: deadline.signal,
      readsChain: true,
      // A server of PostgreSQL 17 refuses what it does not know.
      protocols: [],
    });
    if (handshake.kind === 'ready') return;
    if (deadline.signal.aborted) throw unanswered(timeout.message);
    const failure = describeTlsFailure({ ...handshake, host, problems: [], now: clock.now() });
    if (UNTRUSTED.includes(failure.code)) {
      const isOfRds = database.service === 'rds';
      const untrusted = databaseClientFailures['database-untrusted'];
      throw new CommandError(untrusted(failure.problem, database.name, isOfRds));
    }
    if (failure.code === WRONG_HOST)
      throw new CommandError(databaseClientFailures['database-name-differs'](failure.problem));
    if (failure.code === 'tls-missing')
      throw new CommandError(databaseClientFailures['database-tls-off'](host));
    if (failure.code === 'tls-failed') throw unanswered(handshakeProblem(handshake.error));
    throw failure;
  } finally {
    deadline.clear();
    socket.destroy();
  }
}

/** Errors of OpenSSL have a short reason, and a message with positions in its source code. */
function handshakeProblem(error: Error): string {
  const reason = 'reason' in error ? error.reason : undefined;
  return typeof reason === 'string' ? `its TLS is broken (${reason})` : connectionProblem(error);
}
