import type { Command } from 'commander';
import { parsePort } from '../framework/parse-port.ts';
import { usageError } from '../framework/usage/usage-error.ts';
import { shown } from '../framework/usage/usage-words.ts';
import { ValueError } from '../framework/usage/value-error.ts';

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
  | { readonly kind: 'forward'; readonly forwards: readonly Forward[] };

/** Local port, host (a name, an IPv4 address, or an IPv6 address in brackets), and port. */
const FORWARD = /^(?:(\d+(?:-\d+)?):)?(?:(\[[^\]]+\]|(?=\d*[^:[\]\s\d])[^:[\]\s]+):)?([^:]+)$/;
const SYSTEM_CHOOSES = '0';
/** Ports in one range: each has a session, and an account may start only a few in a second. */
const MOST_PORTS = 100;
/** What to do about a local port that is used twice: a sentence without its dot. */
export const SHARED_PORT_REMEDY =
  'Use another local port for one of them, or 0 to let the system pick one';

/**
 * Reads `[LOCAL:]PORT` or `[LOCAL:]HOST:PORT`, where LOCAL and PORT may be ranges of the same length. Without LOCAL
 * the local port has the same number.
 *
 * @param before - those of the arguments before it
 * @throws ValueError
 */
export function parseForward(
  text: string,
  before: readonly Forward[] | undefined,
): readonly Forward[] {
  return [...(before ?? []), ...readForwards(text)];
}

/**
 * Reads the first argument. No target id ends in a port number, so an argument that does is a port to
 * forward, and the user named no target.
 *
 * @throws ValueError when it looks like a port and its numbers are too large
 */
export function parseFirstOperand(text: string): FirstOperand {
  const [, , , remote = ''] = FORWARD.exec(text) ?? [];
  return /^\d+(?:-\d+)?$/.test(remote)
    ? { kind: 'forward', forwards: readForwards(text) }
    : { kind: 'target', text };
}

/** A local port that more than one of them asks for; undefined when there is none. */
export function sharedLocalPort(forwards: readonly Forward[]): string | undefined {
  const ports = forwards
    .map(({ localPort }) => localPort)
    .filter((port) => port !== SYSTEM_CHOOSES);
  return ports.find((port, index) => ports.indexOf(port) !== index);
}

/**
 * Checks the ports of a command line.
 *
 * @throws UsageError when more than one of them asks for the same local port
 */
export function checkLocalPorts(command: Command, forwards: readonly Forward[]): void {
  const twice = sharedLocalPort(forwards);
  if (twice === undefined) return;
  throw usageError(command, `The local port ${twice} is used twice.`, [`${SHARED_PORT_REMEDY}.`]);
}

function readForwards(text: string): readonly Forward[] {
  const [, local, host, remote] = FORWARD.exec(text) ?? [];
  if (remote === undefined) throw new ValueError(formHints(text));
  const ports = readRange(remote, text);
  const isAny = local === undefined || local === SYSTEM_CHOOSES;
  const locals = isAny ? ports.map((port) => local ?? port) : readRange(local, text);
  if (locals.length !== ports.length) {
    throw new ValueError(
      ['Pass as many local ports as ports of the destination.'],
      () => `The two ranges of "${shown(text)}" have different lengths.`,
    );
  }
  return ports.map((port, index) => ({
    localPort: locals[index] ?? port,
    host: host?.replace(/^\[(.*)\]$/, '$1'),
    port,
  }));
}

/** @returns the ports of `8000-8005`, or one port */
function readRange(text: string, whole: string): readonly string[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return [parsePort(text, whole)];
  const start = Number(parsePort(first, whole));
  const count = Number(parsePort(last, whole)) - start + 1;
  if (count >= 1 && count <= MOST_PORTS)
    return Array.from({ length: count }, (_, index) => String(start + index));
  throw new ValueError(
    [`A range begins with its lowest port and has at most ${MOST_PORTS} ports.`],
    () => `"${shown(text)}" in "${shown(whole)}" is not a range of ports.`,
  );
}

function formHints(text: string): readonly string[] {
  const forms = 'Pass PORT, LOCAL:PORT, HOST:PORT or LOCAL:HOST:PORT.';
  return text.includes('::') ? [forms, 'Put an IPv6 address in brackets: [fd00::5]:80.'] : [forms];
}
