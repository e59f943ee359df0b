import { familyOf, ProgramError } from '../../../lib/errors/program-error.ts';
import { systemCode, systemText } from '../../../lib/errors/system-error.ts';

/** Texts of Go that differ from those of the runtime. */
const GO_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    EADDRNOTAVAIL: 'cannot assign requested address',
  }),
);

/** Why this machine cannot listen. */
export type ListenErrorReason =
  | 'in-use'
  | 'not-permitted'
  | 'no-such-host'
  | 'no-such-directory'
  | 'path-too-long'
  | 'unavailable';

/** Listening failed. The message is for the user. */
export class ListenError extends ProgramError<ListenErrorReason> {
  override readonly name = 'ListenError';

  constructor(reason: ListenErrorReason, message: string) {
    super('listen', reason, message);
  }
}

/** Whether an error is a {@link ListenError}. */
export function isListenError(thrown: unknown): thrown is ListenError {
  return familyOf(thrown) === 'listen';
}

/** Errors of bind(2) that have a special text. */
const BIND_REASONS: ReadonlyMap<string, ListenErrorReason> = new Map(
  Object.entries({
    EADDRINUSE: 'in-use',
    EACCES: 'not-permitted',
    EPERM: 'not-permitted',
  } as const),
);

function bindReason(error: Error): ListenErrorReason {
  return BIND_REASONS.get(systemCode(error)) ?? 'unavailable';
}

/**
 * Why listening failed, in the words of Go's `net` package, which other programs know
 * (docs/design/protocol.md#ports): `listen tcp 127.0.0.1:8080: bind: address already in use`.
 *
 * @param error - what the server's `error` event carried
 */
export function tcpListenError(host: string, port: number, error: Error): ListenError {
  if (Reflect.get(error, 'syscall') === 'getaddrinfo') {
    return new ListenError('no-such-host', `listen tcp: lookup ${host}: no such host`);
  }
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new ListenError(bindReason(error), `listen tcp ${address}: bind: ${goText(error)}`);
}

/**
 * The same for a unix socket: `listen unix /run/x.sock: bind: address already in use`.
 *
 * @param hasDirectory - whether the directory of the path exists: the runtime reports a missing one as
 *   a lack of permission
 */
export function unixListenError(path: string, error: Error, hasDirectory: boolean): ListenError {
  if (!hasDirectory) {
    return new ListenError(
      'no-such-directory',
      `listen unix ${path}: bind: no such file or directory`,
    );
  }
  return new ListenError(bindReason(error), `listen unix ${path}: bind: ${goText(error)}`);
}

function goText(error: Error): string {
  return GO_TEXTS.get(systemCode(error)) ?? systemText(error);
}
