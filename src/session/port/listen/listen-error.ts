import { endpointText } from '../../../lib/endpoint-text.ts';
import { portFailures } from '../../../failures/ports.ts';
import type { Failure } from '../../../lib/errors/failure.ts';
import { familyOf, ProgramError } from '../../../lib/errors/program-error.ts';
import { systemCode, systemText } from '../../../lib/errors/system-error.ts';

/** Texts of Go that differ from those of the runtime. */
const GO_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    EADDRNOTAVAIL: 'cannot assign requested address',
  }),
);

/** The limit of open files of the process, or of the system, is reached (errno(3)). */
const OUT_OF_FILES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/** Why this machine cannot listen. */
export type ListenErrorReason =
  | 'in-use'
  | 'not-permitted'
  | 'no-such-host'
  | 'no-such-directory'
  | 'path-too-long'
  | 'unavailable';

/**
 * Listening failed. Besides its message for the user it has the text that callers know
 * (docs/design/protocol.md#ports).
 */
export class ListenError extends ProgramError<ListenErrorReason> {
  override readonly name = 'ListenError';

  /** @param callerText - in the words of Go's `net` package */
  constructor(failure: Failure<ListenErrorReason>, callerText: string) {
    super('listen', { ...failure, callerText });
  }
}

/** Whether an error is a {@link ListenError}. */
export function isListenError(thrown: unknown): thrown is ListenError {
  return familyOf(thrown) === 'listen';
}

/**
 * Why listening failed, in the words of Go's `net` package, which other programs know
 * (docs/design/protocol.md#ports): `listen tcp 127.0.0.1:8080: bind: address already in use`.
 *
 * @param error - what the server's `error` event carried
 */
export function tcpListenError(host: string, port: number, error: Error): ListenError {
  if (Reflect.get(error, 'syscall') === 'getaddrinfo') {
    return new ListenError(
      portFailures['listen-host-unknown'](host),
      `listen tcp: lookup ${host}: no such host`,
    );
  }
  const address = endpointText(host, port);
  return new ListenError(
    bindFailure(host, port, error),
    `listen tcp ${address}: bind: ${goText(error)}`,
  );
}

function bindFailure(host: string, port: number, error: Error): Failure<ListenErrorReason> {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return portFailures['port-in-use'](host, port);
    case 'EACCES':
    case 'EPERM':
      return portFailures['port-not-permitted'](host, port);
    case 'EADDRNOTAVAIL':
      return portFailures['address-not-local'](host);
    default:
      return otherFailure(`port ${port} of ${host}`, error);
  }
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
      portFailures['socket-directory-missing'](path),
      `listen unix ${path}: bind: no such file or directory`,
    );
  }
  return new ListenError(unixFailure(path, error), `listen unix ${path}: bind: ${goText(error)}`);
}

function unixFailure(path: string, error: Error): Failure<ListenErrorReason> {
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return portFailures['socket-in-use'](path);
    case 'EACCES':
    case 'EPERM':
      return portFailures['socket-not-permitted'](path);
    default:
      return otherFailure(`the Unix socket ${path}`, error);
  }
}

function otherFailure(where: string, error: Error): Failure<ListenErrorReason> {
  return OUT_OF_FILES.has(systemCode(error))
    ? portFailures['too-many-open-files'](where)
    : portFailures['listen-failed'](where, systemText(error));
}

function goText(error: Error): string {
  return GO_TEXTS.get(systemCode(error)) ?? systemText(error);
}
