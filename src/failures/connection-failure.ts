import type { Failure } from '../lib/errors/failure.ts';
import { systemCode, systemText } from '../lib/errors/system-error.ts';
import { networkFailures } from './network.ts';

/** What an error of connect(2), or of resolving a name, means. */
interface Meaning {
  /** As the second half of a sentence. */
  readonly clause: string;
  /** Undefined when the clause explains that a host cannot be reached. */
  readonly failure?: (host: string) => Failure<'unreachable'>;
}

const CLOSED: Meaning = {
  clause: 'the connection was closed',
  failure: networkFailures['connection-closed'],
};
const NO_ROUTE: Meaning = {
  clause: 'there is no route to it',
  failure: networkFailures['no-route'],
};
const FORBIDDEN: Meaning = {
  clause: 'this machine does not allow it',
  failure: networkFailures['connection-forbidden'],
};

const BY_CODE: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    ECONNREFUSED: {
      clause: 'the connection was refused',
      failure: networkFailures['connection-refused'],
    },
    ECONNRESET: CLOSED,
    EPIPE: CLOSED,
    ENOTFOUND: { clause: 'there is no such host', failure: networkFailures['host-unknown'] },
    EAI_AGAIN: {
      clause: 'its name could not be resolved',
      failure: networkFailures['host-not-resolved'],
    },
    EHOSTUNREACH: NO_ROUTE,
    ENETUNREACH: NO_ROUTE,
    ENETDOWN: { clause: 'the network of this machine is down' },
    ETIMEDOUT: { clause: 'it does not answer' },
    EACCES: FORBIDDEN,
    EPERM: FORBIDDEN,
  }),
);

/** The failure that an error of the system means, when a host could not be reached. */
export function connectionFailure(host: string, error: unknown): Failure<'unreachable'> {
  const failure = BY_CODE.get(systemCode(error))?.failure;
  return failure?.(host) ?? networkFailures['connection-failed'](host, connectionProblem(error));
}

/** Why a connection failed, as the second half of a sentence. */
export function connectionProblem(error: unknown): string {
  const code = systemCode(error);
  const clause = BY_CODE.get(code)?.clause;
  if (clause !== undefined) return clause;
  // When several addresses were tried, the error has no message.
  const text = error instanceof Error ? systemText(error).split('\n', 1).join('') : String(error);
  return text || code || 'unknown error';
}
