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
import { BASIC_TRANSITIONS, type BasicEvent, type BasicState } from './basic-state.ts';
import { createDelivery } from './connection/delivery.ts';
import { createReceiveBudget } from './connection/receive-budget.ts';
import type { Listener } from './listen/listener.ts';
import { LocalConnection } from './connection/local-connection.ts';
import { openLocalSide } from './listen/local-side.ts';
import type { PortHost } from './port-host.ts';
import type { PortProperties } from './properties.ts';
import { endOnSignal } from './port-signals.ts';
import { basicConnectionText, DESTINATION_FAILED_TEXT } from './port-texts.ts';

/**
 * The agent connects to the target before any local program has, and the target may speak first.
 * So many bytes are kept for the first connection; the agent keeps the rest, but not for ever.
 */
export const EARLY_BYTES_LIMIT = 64 * 1024;

/**
 * A forwarded port for agents without smux: raw bytes, one local connection at a time
 * (docs/design/protocol.md#basic-ports). Others wait unread until it has ended.
 */
export function createBasicSession(
  properties: Extract<PortProperties, { kind: 'basic' }>,
  link: SessionLink,
  host: PortHost,
): SessionType {
  const { clock, logger, hasPeerClosed } = host;
  const budget = createReceiveBudget(link);
  const delivery = createDelivery(budget, clock);
  const connections = new Set<LocalConnection>();
  let state: BasicState = 'starting';
  let queue: Socket[] = [];
  let listener: Listener | undefined;
  /** The connection whose bytes are sent. */
  let current: LocalConnection | undefined;
  /** The target's bytes from before the first connection. */
  let early: Buffer | undefined;
  let earlyBytes = 0;

  const happened = (event: BasicEvent): void => {
    state = BASIC_TRANSITIONS[state][event] ?? state;
  };

  const begin = (socket: Socket): void => {
    const isFirst = state === 'unused';
    happened('connected');
    const connection = new LocalConnection(
      socket,
      { clock, link, budget, hasPeerClosed },
      {
        bytes: () => link.wake(),
        sendingEnded() {
          if (connection === current) link.wake();
        },
        closed: () => void connections.delete(connection),
      },
    );
    connections.add(connection);
    current = connection;
    if (queue.length > 0) connection.shortenHold();
    if (!isFirst) return;
    link.print(basicConnectionText(link.sessionId));
    if (early !== undefined) connection.deliver(early.subarray(0, earlyBytes));
    early = undefined;
  };

  const beginNext = (): void => {
    if (state !== 'unused' && state !== 'idle') return;
    const socket = queue.shift();
    if (socket !== undefined) begin(socket);
  };

  const disconnect = (connection: LocalConnection): OutgoingMessage => {
    happened('disconnected');
    current = undefined;
    connection.finish();
    // The flag goes out behind this call.
    queueMicrotask(() =>
      link.whenAcknowledged(() => {
        happened('acknowledged');
        beginNext();
      }),
    );
    return { payloadType: PayloadType.Flag, payload: encodeFlag(Flag.DisconnectToPort) };
  };

  /** Returns false when the bytes must stay with the agent. */
  const receiveOutput = (payload: Buffer): boolean => {
    if (state === 'unused') {
      if (earlyBytes + payload.length > EARLY_BYTES_LIMIT) return false;
      // Copied into one piece: a payload of any length, or of none, costs no memory but its bytes.
      early ??= Buffer.allocUnsafeSlow(EARLY_BYTES_LIMIT);
      earlyBytes += payload.copy(early, earlyBytes);
    } else if (current !== undefined && state === 'answering') {
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
        host.presentation.onEvent?.({ kind: 'destination-failed' });
        if (state === 'answering') current?.finish();
        return true;
      case 'other':
        return true;
    }
  };

  const stop = (): void => {
    happened('ended');
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
          happened('up');
          link.wake();
        },
        connection(socket) {
          queue.push(socket);
          current?.shortenHold();
          beginNext();
        },
      });
    },
    receive(payloadType, payload) {
      if (state === 'over') return true;
      if (state === 'starting') return false;
      return receiveMessage(payloadType, payload);
    },
    next() {
      if (state === 'over' || current === undefined) return undefined;
      const payload = current.take(OUTPUT_PAYLOAD_BYTES);
      if (payload !== undefined) {
        happened('sent');
        return { payloadType: PayloadType.Output, payload };
      }
      return current.sendingEnded ? disconnect(current) : undefined;
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
