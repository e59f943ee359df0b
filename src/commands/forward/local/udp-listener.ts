import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../../lib/clock.ts';
import { endpointText } from '../../../lib/endpoint-text.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { failureOf } from '../../../lib/errors/program-error.ts';
import { MAX_DATA_BYTES } from '../../../relay/protocol/frames.ts';
import { tcpListenError } from '../../../session/port/listen/listen-error.ts';
import type { Listener, ListenerEvents } from '../../../session/port/listen/listener.ts';
import { UdpPeer } from './udp-peer.ts';

/** Programs at the same time: each has a stream, and a tunnel has 1024. */
const MAX_UDP_PEERS = 256;
/** A program that has sent and received nothing for this time, in milliseconds, is discarded. */
const UDP_PEER_IDLE_MS = 60_000;
const UDP_CHECK_INTERVAL_MS = 5_000;
const LOOPBACK = '127.0.0.1';

/** What listening for datagrams needs. */
export interface UdpListenerHost {
  /** 0: the system chooses. */
  readonly port: number;
  /** Address or name; empty for 127.0.0.1. */
  readonly localHost: string;
  readonly clock: Clock;
  /** Takes a sentence about the port. */
  readonly warn: (text: string) => void;
}

/** Listens for datagrams. Each program that sends some is a connection, until it has been idle for a while. */
export function listenForDatagrams(
  { port, localHost, clock, warn }: UdpListenerHost,
  events: ListenerEvents,
): Listener {
  const address = localHost === '' || localHost === 'localhost' ? LOOPBACK : localHost;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  const peers = new Map<string, UdpPeer>();
  const drops = countDrops(warn);
  const timer = clock.every(UDP_CHECK_INTERVAL_MS, () => {
    const oldest = clock.monotonic() - UDP_PEER_IDLE_MS;
    for (const peer of peers.values()) if (peer.lastUsed <= oldest) peer.destroy();
  });
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    timer.cancel();
    socket.close();
    drops.end();
    for (const peer of peers.values()) peer.destroy();
  };
  socket.on('error', (error) => {
    if (isClosed) return;
    close();
    events.failed(failureOf(tcpListenError(address, port, asError(error))));
  });
  socket.on('message', (bytes, from) => {
    // Nothing can be sent there. Programs of other machines can claim it.
    if (from.port === 0) return;
    const name = endpointText(from.address, from.port);
    const known = peers.get(name);
    if (bytes.length > MAX_DATA_BYTES) drops.count(`it has more than ${MAX_DATA_BYTES} bytes`);
    else if (known !== undefined) {
      if (!known.receive(bytes)) drops.count('its session was not ready, or is too slow');
    } else if (peers.size >= MAX_UDP_PEERS) {
      drops.count(`at most ${MAX_UDP_PEERS} programs can use the port at the same time`);
    } else {
      const peer = new UdpPeer(answer(socket, from), () => clock.monotonic());
      peers.set(name, peer);
      peer.once('close', () => peers.delete(name));
      peer.receive(bytes);
      events.connection(peer);
    }
  });
  socket.bind({ address, port }, () => {
    const bound = socket.address();
    events.listening({ kind: 'tcp', port: bound.port, addresses: [bound.address] });
  });
  return { close };
}

function answer(
  socket: Socket,
  { address, port }: { readonly address: string; readonly port: number },
): (bytes: Buffer, done: () => void) => void {
  return (bytes, done) => socket.send(bytes, port, address, done);
}

/** Datagrams that were dropped: the first is reported with its reason, and the number at the end. */
function countDrops(warn: (text: string) => void): {
  count(reason: string): void;
  end(): void;
} {
  let dropped = 0;
  return {
    count(reason) {
      dropped++;
      if (dropped === 1) warn(`A datagram was dropped: ${reason}.`);
    },
    end() {
      if (dropped > 1) warn(`${dropped} datagrams were dropped.`);
    },
  };
}
