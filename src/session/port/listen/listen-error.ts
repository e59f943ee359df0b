import { systemCode, systemText } from '../../../lib/system-error.ts';

/** Texts of Go that differ from those of the runtime. */
const GO_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    EADDRNOTAVAIL: 'cannot assign requested address',
  }),
);

/** Listening failed. The message is for the user. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** The system's name of the error, such as `EADDRINUSE`; empty when it has none. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Why listening failed, in the words of Go's `net` package, which other programs know
 * (docs/design/protocol.md#ports): `listen tcp 127.0.0.1:8080: bind: address already in use`.
 *
 * @param error - what the server's `error` event carried
 */
export function tcpListenError(host: string, port: number, error: Error): ListenError {
  const code = systemCode(error);
  if (Reflect.get(error, 'syscall') === 'getaddrinfo') {
    return new ListenError(`listen tcp: lookup ${host}: no such host`, code);
  }
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new ListenError(`listen tcp ${address}: bind: ${goText(error)}`, code);
}

/**
 * The same for a unix socket: `listen unix /run/x.sock: bind: address already in use`.
 *
 * @param hasDirectory - whether the directory of the path exists: the runtime reports a missing one as
 *   a lack of permission
 */
export function unixListenError(path: string, error: Error, hasDirectory: boolean): ListenError {
  if (!hasDirectory) {
    return new ListenError(`listen unix ${path}: bind: no such file or directory`, 'ENOENT');
  }
  return new ListenError(`listen unix ${path}: bind: ${goText(error)}`, systemCode(error));
}

function goText(error: Error): string {
  return GO_TEXTS.get(systemCode(error)) ?? systemText(error);
}
