import type { Socket } from 'node:net';
import { readError } from '../../cli/background/connection-status.ts';
import { decoded } from '../../cli/background/decode.ts';
import {
  MAX_MESSAGE_BYTES,
  PROTOCOL,
  readEnvelope,
  readRequest,
  type Reply,
  type Request,
} from '../../cli/background/protocol.ts';
import { readLines } from '../../cli/remote/read-lines.ts';
import { backgroundFailures } from '../../failures/background.ts';
import { limitTexts } from '../../lib/buffered-text.ts';
import type { Clock } from '../../lib/clock.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import { printable, printableJson } from '../../lib/printable.ts';

/** A client sends its request at once. One that does not must not count against the others for long. */
const REQUEST_LIMIT_MS = 10_000;
/** For a client that was refused to close the connection. */
const REFUSED_LIMIT_MS = 1_000;
/** Status lines that a client does not read are left out above this many bytes: a later one replaces them. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** A program that has sent a request. */
export interface Client {
  /** Sends a line. Once the client has closed the connection, it has no effect. */
  send(reply: Exclude<Reply, { readonly reply: 'line' | 'dropped' }>): void;
  /** Sends a line of a log, or drops and counts it while the client does not read. */
  sendLine(line: Extract<Reply, { readonly reply: 'line' }>): void;
  /** Whether it reads what was sent. */
  readonly reads: boolean;
  /** Refuses the request. */
  refuse(why: string): void;
  /** Calls back when the client has finished, or is closed; at once if it has. */
  onFinished(callback: () => void): void;
  /** Calls back when the connection is closed. */
  onClosed(callback: () => void): void;
  /** Sends the last line. */
  end(): void;
}

/** What a client is served with. */
export interface ClientHost {
  readonly clock: Clock;
  /** Four dotted numbers. */
  readonly version: string;
  readonly pid: number;
  /** Carries a request out. */
  readonly serve: (client: Client, request: Request) => void;
}

/** Greets a client, and reads its request: what is not valid is refused, and closes only this connection. */
export function welcomeClient(socket: Socket, host: ClientHost): void {
  const client = createClient(socket, host.clock);
  const { version, pid } = host;
  client.send({ reply: 'hello', protocol: PROTOCOL, version, pid });
  const limit = host.clock.after(REQUEST_LIMIT_MS, () => client.refuse('it is not complete'));
  let received = 0;
  let isServed = false;
  const serveOnce = (serve: () => void): void => {
    if (isServed) return;
    isServed = true;
    limit.cancel();
    serve();
  };
  const lines = readLines(MAX_MESSAGE_BYTES, (line) =>
    serveOnce(() => serveLine(client, host, line.toString())),
  );
  socket.on('close', () => limit.cancel());
  // What comes after the request is read, so that the end of the connection is noticed, and left out.
  socket.on('data', (chunk) => {
    if (isServed) return;
    received += chunk.length;
    if (received > MAX_MESSAGE_BYTES) serveOnce(() => client.refuse('it is too long'));
    else lines.write(chunk);
  });
  // The proof of a client on a pipe has paused it.
  socket.resume();
}

function serveLine(client: Client, host: ClientHost, line: string): void {
  const envelope = decoded(line, readEnvelope);
  if (envelope === undefined) {
    client.refuse('it is not valid');
    return;
  }
  const { protocol, version, message } = envelope;
  let request: Request;
  try {
    request = readRequest(message);
  } catch (error) {
    client.refuse(asError(error).message);
    return;
  }
  // What ends or lists connections is the same in all versions: so an upgrade never leaves them behind a wall.
  if (protocol !== PROTOCOL && request.request === 'up') {
    client.refuse(`version ${printable(version)} sent it, and this is version ${host.version}`);
    return;
  }
  host.serve(client, request);
}

function createClient(socket: Socket, clock: Clock): Client {
  let isFinished = false;
  const callbacks: (() => void)[] = [];
  const finish = (): void => {
    if (isFinished) return;
    isFinished = true;
    for (const callback of callbacks) callback();
  };
  // A client may be killed at any time.
  socket.on('error', finish);
  socket.on('end', finish);
  socket.on('close', finish);
  const write = (text: string): void => {
    if (socket.writable) socket.write(text);
  };
  const lineOf = (reply: Reply): string => `${printableJson(reply)}\n`;
  const dropped = limitTexts(
    () => socket,
    (lines) => lineOf({ reply: 'dropped', lines }),
  );
  const end = (last: Reply): void => {
    write(lineOf(last));
    socket.end();
  };
  return {
    send: (reply) => write(lineOf(reply)),
    sendLine(line) {
      const admitted = dropped.admit();
      if (admitted !== undefined) write(`${admitted.notice}${lineOf(line)}`);
    },
    get reads() {
      return socket.writableLength < MAX_UNREAD_BYTES;
    },
    refuse(why) {
      const failure = backgroundFailures['supervisor-refused'](why);
      const { code, reason } = failure;
      end({ reply: 'refused', error: readError({ code, reason, message: messageOf(failure) }) });
      const closing = clock.after(REFUSED_LIMIT_MS, () => socket.destroy());
      socket.on('close', () => closing.cancel());
    },
    onFinished(callback) {
      if (isFinished) callback();
      else callbacks.push(callback);
    },
    onClosed: (callback) => void socket.on('close', callback),
    end: () => end({ reply: 'end' }),
  };
}
