import type { Socket } from 'node:net';
import { PayloadType } from '../../../protocol/payload-type.ts';
import { ProtocolError } from '../../../protocol/protocol-error.ts';
import { createSmuxDecoder } from '../../../protocol/smux/smux-decoder.ts';
import {
  FIRST_STREAM_ID,
  SmuxCommand,
  STREAM_ID_STEP,
  type SmuxFrame,
} from '../../../protocol/smux/smux-frame.ts';
import type { SessionLink, SessionType } from '../../session-type.ts';
import { classifyPayload } from '../agent-messages.ts';
import { createDelivery } from '../connection/delivery.ts';
import { createReceiveBudget } from '../connection/receive-budget.ts';
import { startKeepAlive, type KeepAlive } from './keep-alive.ts';
import type { Listener } from '../listen/listener.ts';
import { openLocalSide } from '../listen/local-side.ts';
import { openMuxStream, type MuxStream } from './mux-stream.ts';
import type { PortHost } from '../port-host.ts';
import type { PortProperties } from '../properties.ts';
import { endOnSignal } from '../port-signals.ts';
import { idleCountsFrom } from '../connection/idle-timer.ts';
import { DESTINATION_FAILED_TEXT, multiplexedConnectionText } from '../port-texts.ts';
import { createUploadScheduler, type UploadSource } from './upload-scheduler.ts';

const STREAM_ID_RANGE = 0x1_0000_0000;

/**
 * A forwarded port for agents that speak smux: one stream for each local connection, any number at
 * once (docs/design/protocol.md#multiplexed-ports).
 */
export function createMultiplexedSession(
  properties: Extract<PortProperties, { kind: 'multiplexed' }>,
  link: SessionLink,
  host: PortHost,
): SessionType {
  const { clock, logger } = host;
  const budget = createReceiveBudget(link);
  const delivery = createDelivery(budget, clock);
  const scheduler = createUploadScheduler();
  const decoder = createSmuxDecoder();
  const streams = new Map<number, MuxStream>();
  let listener: Listener | undefined;
  let keepAlive: KeepAlive | undefined;
  let nextId = FIRST_STREAM_ID;
  let up = false;
  let over = false;

  const schedule = (source: UploadSource): void => {
    if (over) return;
    scheduler.ready(source);
    link.wake();
  };

  const accept = (socket: Socket): void => {
    if (over) {
      socket.destroy();
      return;
    }
    if (nextId === FIRST_STREAM_ID) link.print(multiplexedConnectionText(link.sessionId));
    const id = nextId;
    nextId = (nextId + STREAM_ID_STEP) % STREAM_ID_RANGE;
    const stream = openMuxStream(
      id,
      socket,
      { clock, link, budget, hasPeerClosed: host.hasPeerClosed },
      {
        ready: () => schedule(stream),
        over: () => void streams.delete(id),
      },
    );
    streams.set(id, stream);
    schedule(stream);
  };

  const receiveFrame = (frame: SmuxFrame): void => {
    switch (frame.command) {
      case SmuxCommand.Push:
        streams.get(frame.streamId)?.receiveData(frame.data);
        break;
      case SmuxCommand.Fin:
        streams.get(frame.streamId)?.receiveFin();
        break;
      // The agent's side never opens streams.
      case SmuxCommand.Syn:
      case SmuxCommand.Nop:
        break;
    }
  };

  const fail = (reason: string): void => {
    over = true;
    logger.error(reason);
    link.end({ kind: 'fail', reason });
  };

  const receiveOutput = (payload: Buffer): void => {
    keepAlive?.received();
    try {
      decoder.push(payload, receiveFrame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      fail(`The agent's data cannot be understood: ${error.message}`);
    }
  };

  const stop = (): void => {
    over = true;
    listener?.close();
    keepAlive?.cancel();
  };

  return {
    stdout: 'text',
    exitStatus: undefined,
    start() {
      listener = openLocalSide(properties.local, link, host, false, {
        up() {
          up = true;
          if (properties.keepAlive) {
            keepAlive = startKeepAlive(
              clock,
              schedule,
              idleCountsFrom(clock, link, () => budget.paused),
              () => fail('The agent has fallen silent.'),
            );
          }
          link.wake();
        },
        connection: accept,
      });
    },
    receive(payloadType, payload) {
      if (over) return true;
      if (!up) return false;
      switch (classifyPayload(payloadType, payload, link, logger)) {
        case 'output':
          receiveOutput(payload);
          break;
        // The connection it is about is closed by the FIN that comes with it.
        case 'destination-failed':
          link.print(DESTINATION_FAILED_TEXT);
          host.presentation.onEvent?.({ kind: 'destination-failed' });
          break;
        case 'other':
          break;
      }
      return true;
    },
    next() {
      const payload = over ? undefined : scheduler.next();
      return payload && { payloadType: PayloadType.Output, payload };
    },
    signal: (signal) => endOnSignal(signal, link),
    finish() {
      stop();
      for (const stream of streams.values()) stream.finish();
      return delivery.finished();
    },
    close() {
      stop();
      for (const stream of streams.values()) stream.destroy();
      streams.clear();
      delivery.cancel();
    },
  };
}
