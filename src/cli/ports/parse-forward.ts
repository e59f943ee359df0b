import type { Command } from 'commander';
import { parsePort } from '../framework/parse-port.ts';
import { usageError } from '../framework/usage/usage-error.ts';
import { shown } from '../framework/usage/usage-words.ts';
import { ValueError } from '../framework/usage/value-error.ts';
import { localPathOf, UDP, type Forward } from './forward.ts';
import { readSocketForward, withoutBrackets } from './parse-socket.ts';

export type { Forward } from './forward.ts';

/** The first operand: a target, or already a port when no target is given. */
export type FirstOperand =
  | { readonly kind: 'target'; readonly text: string }
  | { readonly kind: 'forward'; readonly forwards: readonly Forward[] };

/** Local port, host (a name, an IPv4 address, or an IPv6 address in brackets), and port. */
const FORWARD = /^(?:(\d+(?:-\d+)?):)?(?:(\[[^\]]+\]|(?=\d*[^:[\]\s\d])[^:[\]\s]+):)?([^:]+)$/;
const SYSTEM_CHOOSES = '0';
/** Ports in one range: each has a session, and an account may start only a few in a second. */
const MOST_PORTS = 100;

/**
 * Reads `[LOCAL:]PORT` or `[LOCAL:]HOST:PORT`, where LOCAL and PORT may be ranges of the same length, and `/udp` may
 * follow. Without LOCAL the local port has the same number. Either end may be a Unix socket.
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
  const socket = readSocketForward(text);
  if (socket !== undefined) return { kind: 'forward', forwards: [socket] };
  const [, , , remote = ''] = FORWARD.exec(text) ?? [];
  return /^\d+(?:-\d+)?(?:\/udp)?$/.test(remote)
    ? { kind: 'forward', forwards: readForwards(text) }
    : { kind: 'target', text };
}

/** What is wrong with local ends that more than one of them asks for; undefined when there is none. */
export interface SharedEnd {
  readonly what: string;
  /** A sentence without its dot. */
  readonly remedy: string;
}

/** A local end that more than one of them asks for; undefined when there is none. */
export function sharedLocalEnd(forwards: readonly Forward[]): SharedEnd | undefined {
  const ends = forwards.map(localEnd).filter((end) => end !== undefined);
  const twice = ends.find((end, index) => ends.indexOf(end) !== index);
  if (twice === undefined) return undefined;
  const remedy = twice.startsWith(PORT_END)
    ? 'Use another local port for one of them, or 0 to let the system pick one'
    : 'Use another path for one of them';
  return { what: twice, remedy };
}

const PORT_END = 'local port ';

/** @returns undefined when it can be used by several */
function localEnd(forward: Forward): string | undefined {
  const { localPort, relayed } = forward;
  const path = localPathOf(forward);
  if (path !== undefined) return `local socket ${path}`;
  if (localPort === SYSTEM_CHOOSES || relayed?.kind === 'reverse') return undefined;
  return `${PORT_END}${localPort}${relayed?.kind === 'udp' ? UDP : ''}`;
}

/**
 * Checks the ports of a command line.
 *
 * @throws UsageError when more than one of them asks for the same local port
 */
export function checkLocalPorts(command: Command, forwards: readonly Forward[]): void {
  const twice = sharedLocalEnd(forwards);
  if (twice === undefined) return;
  throw usageError(command, `The ${twice.what} is used twice.`, [`${twice.remedy}.`]);
}

function readForwards(typed: string): readonly Forward[] {
  const socket = readSocketForward(typed);
  if (socket !== undefined) return [socket];
  const isUdp = typed.endsWith(UDP);
  const text = isUdp ? typed.slice(0, -UDP.length) : typed;
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
    host: withoutBrackets(host),
    port,
    ...(isUdp && { relayed: { kind: 'udp' } as const }),
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
