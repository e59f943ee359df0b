import { parsePort } from '../../cli/framework/parse-port.ts';
import { ValueError } from '../../cli/framework/usage/value-error.ts';

/** One port to forward. */
export interface Forward {
  /** Digits; `0` lets the system choose. */
  readonly localPort: string;
  /** A name or address as the target sees it; undefined for the target itself. */
  readonly host: string | undefined;
  /** Digits. */
  readonly port: string;
}

/** The first operand: a target, or already a port when no target is given. */
export type FirstOperand =
  | { readonly kind: 'target'; readonly text: string }
  | { readonly kind: 'forward'; readonly forward: Forward };

/** Local port, host (a name, an IPv4 address, or an IPv6 address in brackets), and port. */
const FORWARD = /^(?:(\d+):)?(?:(\[[^\]]+\]|(?=\d*[^:[\]\s\d])[^:[\]\s]+):)?([^:]+)$/;
const SYSTEM_CHOOSES = '0';

/**
 * Reads `[LOCAL:]PORT` or `[LOCAL:]HOST:PORT`. Without LOCAL the local port has the same number.
 *
 * @param before - those of the arguments before it
 * @throws ValueError
 */
export function parseForward(
  text: string,
  before: readonly Forward[] | undefined,
): readonly Forward[] {
  return [...(before ?? []), readForward(text)];
}

/**
 * Reads the first argument. No target id ends in a port number, so an argument that does is a port to
 * forward, and the user named no target.
 *
 * @throws ValueError when it looks like a port and its numbers are too large
 */
export function parseFirstOperand(text: string): FirstOperand {
  const [, , , remote = ''] = FORWARD.exec(text) ?? [];
  return /^\d+$/.test(remote)
    ? { kind: 'forward', forward: readForward(text) }
    : { kind: 'target', text };
}

/** A local port that more than one of them asks for; undefined when there is none. */
export function sharedLocalPort(forwards: readonly Forward[]): string | undefined {
  const ports = forwards
    .map(({ localPort }) => localPort)
    .filter((port) => port !== SYSTEM_CHOOSES);
  return ports.find((port, index) => ports.indexOf(port) !== index);
}

function readForward(text: string): Forward {
  const [, local, host, remote] = FORWARD.exec(text) ?? [];
  if (remote === undefined) throw new ValueError(formHints(text));
  const port = parsePort(remote, text);
  return {
    localPort:
      local === undefined ? port : local === SYSTEM_CHOOSES ? local : parsePort(local, text),
    host: host?.replace(/^\[(.*)\]$/, '$1'),
    port,
  };
}

function formHints(text: string): readonly string[] {
  const forms = 'Pass PORT, LOCAL:PORT, HOST:PORT or LOCAL:HOST:PORT.';
  return text.includes('::') ? [forms, 'Put an IPv6 address in brackets: [fd00::5]:80.'] : [forms];
}
