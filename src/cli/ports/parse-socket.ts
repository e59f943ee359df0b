import { parsePort } from '../framework/parse-port.ts';
import { shown } from '../framework/usage/usage-words.ts';
import { ValueError } from '../framework/usage/value-error.ts';
import type { Forward } from './forward.ts';

/** A port or a path here, and its destination. A path begins with `/`, `./` or `../`. */
const WITH_SOCKET = /^(?:(\d+)|(\.{0,2}\/[^:]*)):([^:].*)$/;
export const PATH = /^\.{0,2}\/[^:]*[^:/]$/;
/** A host (a name, an IPv4 address, or an IPv6 address in brackets) and a port. */
const DESTINATION = /^(?:(\[[^\]]+\]|[^:[\]\s/]+):)?(\d+)$/;
/** Bytes of the path of a Unix socket on the target (docs/design/relay.md#streams). */
const MAX_REMOTE_PATH_BYTES = 107;
/** DNS allows no longer name (RFC 1035, section 2.3.4). */
const MAX_HOST_BYTES = 253;
const FORMS =
  'Pass LOCAL:/REMOTE.sock, ./LOCAL.sock:/REMOTE.sock, ./LOCAL.sock:PORT or ./LOCAL.sock:HOST:PORT.';

/**
 * Reads an argument with a Unix socket: `PORT:PATH`, `PATH:PATH` or `PATH:[HOST:]PORT`.
 *
 * @returns undefined for one without
 * @throws ValueError
 */
export function readSocketForward(text: string): Forward | undefined {
  const [, localPort = '', localPath, remote = ''] = WITH_SOCKET.exec(text) ?? [];
  const isRemotePath = remote.startsWith('/');
  if (localPath === undefined && !isRemotePath) return undefined;
  if (localPath !== undefined && !PATH.test(localPath)) throw new ValueError([FORMS]);
  const [, host, port] = DESTINATION.exec(remote) ?? [];
  if (port === undefined && !isRemotePath) throw new ValueError([FORMS]);
  const remotePath = isRemotePath ? readRemotePath(remote) : undefined;
  return {
    localPort: /^0*$/.test(localPort) ? localPort : parsePort(localPort, text),
    host: withoutBrackets(host),
    port: port === undefined ? '' : parsePort(port, text),
    relayed: { kind: 'unix', localPath, remotePath },
  };
}

/**
 * A host of an argument, without the brackets of an IPv6 address.
 *
 * @throws ValueError for one that no name server and no frame of a relay takes
 */
export function withoutBrackets(host: string | undefined): string | undefined {
  if (Buffer.byteLength(host ?? '') > MAX_HOST_BYTES)
    throw new ValueError([`The name of a host has at most ${MAX_HOST_BYTES} bytes.`]);
  return host?.replace(/^\[(.*)\]$/, '$1');
}

function readRemotePath(path: string): string {
  const bytes = Buffer.byteLength(path);
  if (PATH.test(path) && bytes <= MAX_REMOTE_PATH_BYTES) return path;
  const long = `The path of a Unix socket has at most ${MAX_REMOTE_PATH_BYTES} bytes.`;
  throw new ValueError(
    [bytes > MAX_REMOTE_PATH_BYTES ? long : FORMS],
    () => `"${shown(path)}" is not the path of a Unix socket.`,
  );
}
