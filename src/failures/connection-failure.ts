import type { Failure } from '../lib/errors/failure.ts';
import { systemCode, systemText } from '../lib/errors/system-error.ts';
import { networkFailures } from './network.ts';

type ByHost = (host: string) => Failure<'unreachable'>;

/** Errors of connect(2) and of resolving a name, by their codes. */
const BY_CODE: ReadonlyMap<string, ByHost> = new Map(
  Object.entries({
    ECONNREFUSED: networkFailures['connection-refused'],
    ECONNRESET: networkFailures['connection-closed'],
    EPIPE: networkFailures['connection-closed'],
    ENOTFOUND: networkFailures['host-unknown'],
    EAI_AGAIN: networkFailures['host-not-resolved'],
    EHOSTUNREACH: networkFailures['no-route'],
    ENETUNREACH: networkFailures['no-route'],
    EACCES: networkFailures['connection-forbidden'],
    EPERM: networkFailures['connection-forbidden'],
  }),
);

/** The failure that an error of the system means, when a host could not be reached. */
export function connectionFailure(host: string, error: unknown): Failure<'unreachable'> {
  const known = BY_CODE.get(systemCode(error));
  if (known !== undefined) return known(host);
  const why = error instanceof Error ? systemText(error).split('\n', 1).join('') : String(error);
  return networkFailures['connection-failed'](host, why || systemCode(error) || 'unknown error');
}
