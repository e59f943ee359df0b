import { parsePort } from '../framework/parse-port.ts';
import { ValueError } from '../framework/usage/value-error.ts';
import type { Forward, ReverseForward } from './forward.ts';
import { PATH, withoutBrackets } from './parse-socket.ts';

/** Where the target listens, unless the user names another address. */
const REMOTE_LOOPBACK = '127.0.0.1';
/** `[ADDRESS:]PORT`, and a path or `[HOST:]PORT` here. */
const REVERSE =
  /^(?:(\[[^\]]+\]|(?!\d+:)[^:[\]\s/]+):)?(\d+):(?:(\.{0,2}\/.*)|(?:(\[[^\]]+\]|[^:[\]\s/]+):)?(\d+))$/;
const THIS_MACHINE = 'localhost';
const FORMS =
  'Pass PORT:LOCAL, PORT:HOST:LOCAL, PORT:./LOCAL.sock, each also with ADDRESS: before it.';

/** A reverse forwarding as it was typed: its address may be missing. */
export interface TypedReverse {
  readonly address: string | undefined;
  readonly port: string;
  readonly to: ReverseForward['to'];
}

/**
 * Reads `[ADDRESS:]PORT:[HOST:]PORT` or `[ADDRESS:]PORT:PATH`.
 *
 * @param before - those of the options before it
 * @throws ValueError
 */
export function parseReverse(
  text: string,
  before: readonly TypedReverse[] = [],
): readonly TypedReverse[] {
  const [, address, remote, path, host = THIS_MACHINE, port] = REVERSE.exec(text) ?? [];
  if (remote === undefined || (path !== undefined && !PATH.test(path))) {
    throw new ValueError([FORMS]);
  }
  const to =
    path === undefined
      ? ({
          kind: 'tcp',
          host: withoutBrackets(host) ?? host,
          port: parsePort(port ?? '', text),
        } as const)
      : ({ kind: 'unix', path } as const);
  const isAny = /^0+$/.test(remote);
  const typed = {
    address: withoutBrackets(address),
    port: isAny ? '0' : parsePort(remote, text),
    to,
  };
  return [...before, typed];
}

/** @param address - where the target listens when it was not typed */
export function reverseForward(
  { address: typed, port, to }: TypedReverse,
  address = REMOTE_LOOPBACK,
): Forward {
  const relayed = { kind: 'reverse', address: typed ?? address, to } as const;
  return { localPort: '', host: undefined, port, relayed };
}
