import type { Socket } from 'node:net';
import type { Clock } from '../../../lib/clock.ts';
import { CLIENT_REQUEST_TIMEOUT_MS } from '../http/client-connections.ts';
import type { HttpFront } from '../http/http-front.ts';
import { readDestination, type Destination } from '../rules/destination.ts';
import { drainClient } from './drain-client.ts';
import type { ProxyClient, RefusalKind } from './proxy-client.ts';
import {
  readSocks,
  socksReply,
  socksStateOf,
  type SocksResult,
  type SocksState,
  type SocksStep,
  type SocksVersion,
} from './socks.ts';

/** What serving clients needs. */
export interface ClientFront {
  readonly clock: Clock;
  readonly http: HttpFront;
  readonly connect: (client: ProxyClient, destination: Destination) => void;
}

const RESULTS: Readonly<Record<RefusalKind, SocksResult>> = {
  denied: 'denied',
  unreachable: 'unreachable',
  refused: 'refused',
  timeout: 'timeout',
  busy: 'failed',
  failed: 'failed',
};

/**
 * Serves a connection whose first byte shows the protocol: 4 and 5 are versions of SOCKS, and a method of HTTP begins
 * with a letter. No byte of the request is left in the socket that is passed on.
 *
 * @param socket - paused, and not read so far
 */
export function serveClient(socket: Socket, front: ClientFront): void {
  let state: SocksState | undefined;
  let bytes: Buffer = Buffer.alloc(0);
  const timer = front.clock.after(CLIENT_REQUEST_TIMEOUT_MS, () => socket.destroy());
  const stop = (): void => {
    timer.cancel();
    socket.off('data', onData).off('end', onEnd);
    socket.pause();
  };
  const onEnd = (): void => void socket.destroy();
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    state ??= socksStateOf(bytes[0]);
    if (state === undefined) {
      stop();
      serveOther(socket, bytes, front);
      return;
    }
    let step: SocksStep = readSocks(state, bytes);
    while (step.kind === 'go-on') {
      bytes = bytes.subarray(step.length);
      state = step.next;
      socket.write(step.reply);
      step = readSocks(state, bytes);
    }
    if (step.kind === 'incomplete') return;
    stop();
    if (step.kind === 'refuse') {
      socket.end(step.reply);
      drainClient(socket, front.clock);
    } else {
      const rest = bytes.subarray(step.length);
      if (rest.length > 0) socket.unshift(rest);
      connectSocks(socket, step, front);
    }
  };
  socket.on('data', onData).on('end', onEnd);
  socket.once('close', () => timer.cancel());
  socket.resume();
}

function connectSocks(
  socket: Socket,
  { version, host, port }: Extract<SocksStep, { readonly kind: 'connect' }>,
  { clock, connect }: ClientFront,
): void {
  const destination = readDestination(host, port);
  if (destination === undefined) {
    socket.end(socksReply(version, 'address-unsupported'));
    drainClient(socket, clock);
    return;
  }
  connect(socksClient(socket, version), destination);
}

function socksClient(socket: Socket, version: SocksVersion): ProxyClient {
  return {
    socket,
    accept: () => void socket.write(socksReply(version, 'granted')),
    refuse: ({ kind }) => void socket.end(socksReply(version, RESULTS[kind])),
    reset: () => void socket.resetAndDestroy(),
  };
}

function serveOther(socket: Socket, bytes: Buffer, { http }: ClientFront): void {
  if (!/^[A-Za-z]/.test(bytes.toString('latin1', 0, 1))) {
    socket.destroy();
    return;
  }
  socket.unshift(bytes);
  http.serve(socket);
  socket.resume();
}
