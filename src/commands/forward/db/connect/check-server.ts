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
import { performTlsHandshake, type Handshake } from '../../../../network/tls/tls-handshake.ts';
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
  // The first step that uses it reports an error.
  const socket = connect({ host: address, port }).on('error', () => undefined);
  const deadline = createDeadline(clock, CONNECT_TIMEOUT_MS);
  const timeout = new Error(`timed out after ${CONNECT_TIMEOUT_MS / 1000} s`);
  const stop = (): void => void socket.destroy(timeout);
  deadline.signal.addEventListener('abort', stop);
  try {
    const answer = await startTls(socket, family).catch((error: unknown) => {
      throw unanswered(check, asError(error).message);
    });
    if (answer === 'refused') throw tlsOff(check);
    if (answer !== 'ready')
      throw unanswered(check, printableStart(answer.problem, MAX_TEXT_CHARACTERS));
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
    if (deadline.signal.aborted) throw unanswered(check, timeout.message);
    throw failureOfHandshake(check, handshake);
  } finally {
    deadline.clear();
    socket.destroy();
  }
}

function failureOfHandshake(
  check: ServerCheck,
  handshake: Exclude<Handshake, { readonly kind: 'ready' }>,
): Error {
  const { clock, database } = check;
  const { host, name, service } = database;
  const failure = describeTlsFailure({ ...handshake, host, problems: [], now: clock.now() });
  const { code, problem } = failure;
  if (UNTRUSTED.includes(code)) {
    const untrusted = databaseClientFailures['database-untrusted'];
    return new CommandError(untrusted(problem, name, service === 'rds'));
  }
  switch (code) {
    case 'certificate-wrong-host':
      return new CommandError(databaseClientFailures['database-name-differs'](problem));
    case 'tls-missing':
      return tlsOff(check);
    case 'tls-failed':
      return unanswered(check, handshakeProblem(handshake.error));
    default:
      return failure;
  }
}

function unanswered({ database: { host, family } }: ServerCheck, why: string): CommandError {
  // Without TLS, these servers wait for the rest of a message that they do not understand, or close the connection.
  const mayLackTls = family === 'redis' || family === 'docdb';
  return new CommandError(databaseClientFailures['database-unanswered'](host, why, mayLackTls));
}

function tlsOff({ database: { host } }: ServerCheck): CommandError {
  return new CommandError(databaseClientFailures['database-tls-off'](host));
}

/** Errors of OpenSSL have a short reason, and a message with positions in its source code. */
function handshakeProblem(error: Error): string {
  const reason = 'reason' in error ? error.reason : undefined;
  return typeof reason === 'string' ? `its TLS is broken (${reason})` : connectionProblem(error);
}
