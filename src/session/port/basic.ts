import type { Socket } from 'node:net';
import { encodeFlag, Flag } from '../../protocol/flag.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import {
  OUTPUT_PAYLOAD_BYTES,
  type OutgoingMessage,
  type SessionLink,
  type SessionType,
} from '../session-type.ts';
import { classifyPayload } from './agent-messages.ts';
import { createDelivery } from './delivery.ts';
import { createHeldBytes } from './held-bytes.ts';
import type { Listener } from './listener.ts';
import { serveConnection, type LocalConnection } from './local-connection.ts';
import { openLocalSide } from './local-side.ts';
import type { PortHost } from './port-host.ts';
import type { PortProperties } from './properties.ts';
import { endOnSignal } from './signals.ts';
import { basicConnectionText, DESTINATION_FAILED_TEXT } from './texts.ts';

/**
 * The agent connects to the target before any local program has, and the target may speak first.
 * So many bytes are kept for the first connection; the agent keeps the rest, but not for ever.
 */
export const EARLY_BYTES_LIMIT = 64 * 1024;

/**
 * A forwarded port for agents without smux: raw bytes, one local connection at a time
 * (data-channel protocol, "Port"). Others wait unread until it has ended.
 *
 * The bytes of the target carry no mark of the connection they belong to. A connection that follows
 * another one therefore starts when the agent has acknowledged DisconnectToPort, and gets bytes only
 * from its own first message on, which is what makes the agent connect again: whatever comes before
 * was sent to the one that is gone, and is dropped.
 */
export function createBasicSession(
  properties: Extract<PortProperties, { kind: 'basic' }>,
  link: SessionLink,
  host: PortHost,
): SessionType {
  const { clock, logger } = host;
  const account = createHeldBytes(link);
  const delivery = createDelivery(account, clock);
  const connections = new Set<LocalConnection>();
  let queue: Socket[] = [];
  let listener: Listener | undefined;
  let up = false;
  let over = false;
  /** The connection whose bytes are sent. */
  let current: LocalConnection | undefined;
  /** The target's bytes are for `current`. */
  let answering = false;
  let disconnectWanted = false;
  /** DisconnectToPort is on its way. */
  let disconnecting = false;
  /** The target's bytes from before the first connection; undefined once there was one. */
  let early: Buffer[] | undefined = [];
  let earlyBytes = 0;

  const begin = (socket: Socket): void => {
    const connection = serveConnection(
      socket,
      { clock, link, account },
      {
        bytes: () => link.wake(),
        sendingOver() {
          if (connection !== current) return;
          disconnectWanted = true;
          link.wake();
        },
        closed: () => void connections.delete(connection),
      },
    );
    connections.add(connection);
    current = connection;
    answering = false;
    if (early === undefined) return;
    link.print(basicConnectionText(link.sessionId));
    answering = true;
    for (const bytes of early) connection.deliver(bytes);
    early = undefined;
  };

  const beginNext = (): void => {
    if (over || current !== undefined || disconnecting) return;
    const socket = queue.shift();
    if (socket !== undefined) begin(socket);
  };

  const disconnect = (connection: LocalConnection): OutgoingMessage => {
    disconnectWanted = false;
    disconnecting = true;
    current = undefined;
    connection.finish();
    // The flag goes out behind this call.
    queueMicrotask(() =>
      link.whenAcknowledged(() => {
        disconnecting = false;
        beginNext();
      }),
    );
    return { payloadType: PayloadType.Flag, payload: encodeFlag(Flag.DisconnectToPort) };
  };

  /** Returns false when the bytes must stay with the agent. */
  const receiveOutput = (payload: Buffer): boolean => {
    if (early !== undefined) {
      if (earlyBytes + payload.length > EARLY_BYTES_LIMIT) return false;
      early.push(payload);
      earlyBytes += payload.length;
    } else if (current !== undefined && answering) {
      current.deliver(payload);
    } else {
      logger.debug(`dropped ${payload.length} bytes for a connection that has ended`);
    }
    return true;
  };

  const receiveMessage = (payloadType: number, payload: Buffer): boolean => {
    switch (classifyPayload(payloadType, payload, link, logger)) {
      case 'output':
        return receiveOutput(payload);
      case 'destination-failed':
        link.print(DESTINATION_FAILED_TEXT);
        host.onEvent?.({ kind: 'destination-failed' });
        if (answering) current?.finish();
        return true;
      case 'other':
        return true;
    }
  };

  const stop = (): void => {
    over = true;
    listener?.close();
    for (const socket of queue) socket.destroy();
    queue = [];
  };

  return {
    stdout: 'text',
    exitStatus: undefined,
    start() {
      listener = openLocalSide(properties.local, link, host, true, {
        up() {
          up = true;
          link.wake();
        },
        connection(socket) {
          queue.push(socket);
          beginNext();
        },
      });
    },
    receive(payloadType, payload) {
      if (over) return true;
      if (!up) return false;
      return receiveMessage(payloadType, payload);
    },
    next() {
      if (over || current === undefined) return undefined;
      const payload = current.take(OUTPUT_PAYLOAD_BYTES);
      if (payload !== undefined) {
        answering = true;
        return { payloadType: PayloadType.Output, payload };
      }
      return disconnectWanted ? disconnect(current) : undefined;
    },
    signal: (signal) => endOnSignal(signal, link),
    finish() {
      stop();
      for (const connection of connections) connection.finish();
      return delivery.finished();
    },
    close() {
      stop();
      for (const connection of connections) connection.destroy();
      connections.clear();
      delivery.cancel();
    },
  };
}
