import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { asError } from '../../lib/errors/as-error.ts';
import {
  createAnswerReader,
  SWITCHING_PROTOCOLS,
  upgradeProblem,
  type UpgradeAnswer,
} from './upgrade-answer.ts';
import { encodeUpgradeRequest } from './upgrade-request.ts';

/** Length of what a key encodes (RFC 6455, section 4.1). */
const UPGRADE_KEY_BYTES = 16;
/** The code of a connection that the peer has closed. */
const CLOSED = { code: 'ECONNRESET' };

/** The request for a WebSocket on a connection. */
export interface Upgrade<Prepared> {
  readonly url: URL;
  /** To add to the request; never log them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connection: Duplex;
  /** Work for the time in which the answer is under way. */
  readonly prepare: () => Promise<Prepared>;
}

/** What has come of a request. */
export type UpgradeOutcome<Prepared> =
  /** The connection is a WebSocket, of which `head` has been read. */
  | { readonly kind: 'upgraded'; readonly head: Buffer; readonly prepared: Prepared }
  /** With another status: the connection is of no use. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: Error };

/**
 * Asks for a WebSocket on a connection, and reads the answer. It is own code because each session does this before
 * its first message: the HTTP client of Node.js, for requests of all kinds, takes some milliseconds longer to load
 * and to run.
 *
 * @param done - called at most once, in the turn of the event loop in which the answer is read, so that no frame is
 *   lost; a failure leaves the connection to it
 */
export function requestUpgrade<Prepared>(
  { url, headers, connection, prepare }: Upgrade<Prepared>,
  done: (outcome: UpgradeOutcome<Prepared>) => void,
): void {
  const key = randomBytes(UPGRADE_KEY_BYTES).toString('base64');
  const reader = createAnswerReader();
  let stopReading = (): void => undefined;
  let isDone = false;
  const end = (outcome: UpgradeOutcome<Prepared>): void => {
    if (isDone) return;
    isDone = true;
    stopReading();
    connection.off('error', onError).off('end', onEnd).off('close', onEnd);
    done(outcome);
  };
  const onError = (thrown: unknown): void => end({ kind: 'failed', error: asError(thrown) });
  const onEnd = (): void => onError(Object.assign(new Error('the connection was closed'), CLOSED));
  const startReading = (prepared: Prepared): void => {
    if (isDone) return;
    const onData = (chunk: Buffer): void => {
      let answer: UpgradeAnswer | undefined;
      try {
        answer = reader.read(chunk);
      } catch (error) {
        onError(error);
        return;
      }
      if (answer !== undefined) end(outcomeOf(answer, key, prepared));
    };
    stopReading = () => void connection.off('data', onData);
    connection.on('data', onData);
  };
  connection.on('error', onError).on('end', onEnd).on('close', onEnd);
  try {
    connection.write(encodeUpgradeRequest(url, headers, key), 'latin1');
  } catch (error) {
    onError(error);
    return;
  }
  prepare().then(startReading, onError);
}

function outcomeOf<Prepared>(
  answer: UpgradeAnswer,
  key: string,
  prepared: Prepared,
): UpgradeOutcome<Prepared> {
  const { status, rest } = answer;
  if (status !== SWITCHING_PROTOCOLS) return { kind: 'refused', status };
  const problem = upgradeProblem(answer, key);
  return problem === undefined
    ? { kind: 'upgraded', head: rest, prepared }
    : { kind: 'failed', error: new Error(problem) };
}
