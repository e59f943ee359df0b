import { randomBytes } from 'node:crypto';
import { acknowledgementOf, parseAcknowledgement } from '../../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import type { ScriptedSocket } from '../connection/scripted-sockets.ts';

/** A payload the client sent. */
export interface ReceivedPayload {
  readonly payloadType: number;
  readonly payload: Buffer;
}

/** The agent's end of a scripted socket: it sends only what the test sends. */
export interface MemoryAgent {
  /** Sends a payload; the frame goes to the client at once. */
  send(payloadType: number, payload: Buffer | string | object): void;
  /** Sends several payloads as they would come in one read: with nothing in between. */
  sendTogether(...payloads: readonly (readonly [number, Buffer | string | object])[]): void;
  /** The service's word that the agent is connected. */
  startPublication(): void;
  /** The service's word that the agent is not connected. */
  pausePublication(): void;
  /** The service's message that the session has ended. */
  closeChannel(output?: string): void;
  /** Stream payloads of the client so far, in order; each is acknowledged when it is read here. */
  received(): readonly ReceivedPayload[];
  /** The text of all Output payloads so far. */
  typed(): string;
  /** Numbers of our messages that the client has acknowledged. */
  acknowledged(): readonly number[];
}

/** Joins an agent to the socket a session has opened. */
export function joinAgent(socket: ScriptedSocket): MemoryAgent {
  const received: ReceivedPayload[] = [];
  const acknowledged: number[] = [];
  let read = 0;
  let sequenceNumber = 0;

  const frame = (message: Partial<ClientMessage>): Buffer =>
    encodeClientMessage({
      messageType: MessageType.OutputStreamData,
      sequenceNumber: 0,
      flags: 0,
      messageId: randomBytes(16),
      createdDate: Date.now(),
      payloadType: 0,
      payload: Buffer.alloc(0),
      ...message,
    });
  const stream = (payloadType: number, content: Buffer | string | object): Buffer => {
    const payload = Buffer.isBuffer(content)
      ? content
      : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    return frame({ sequenceNumber: sequenceNumber++, payloadType, payload });
  };
  const drain = (): void => {
    while (read < socket.frames.length) {
      const message = decodeClientMessage(socket.frames[read++] ?? Buffer.alloc(0));
      if (message.messageType === MessageType.Acknowledge) {
        acknowledged.push(parseAcknowledgement(message.payload).sequenceNumber);
      } else {
        received.push({ payloadType: message.payloadType, payload: message.payload });
        const answer = acknowledgementOf(message, randomBytes(16), Date.now());
        socket.events.frame(encodeClientMessage(answer));
      }
    }
  };
  return {
    send: (payloadType, payload) => socket.events.frame(stream(payloadType, payload)),
    sendTogether(...payloads) {
      const frames = payloads.map(([payloadType, payload]) => stream(payloadType, payload));
      for (const each of frames) socket.events.frame(each);
    },
    startPublication: () =>
      socket.events.frame(frame({ messageType: MessageType.StartPublication })),
    pausePublication: () =>
      socket.events.frame(frame({ messageType: MessageType.PausePublication })),
    closeChannel: (output = '') =>
      socket.events.frame(
        frame({
          messageType: MessageType.ChannelClosed,
          payload: Buffer.from(JSON.stringify({ SessionId: 's', Output: output })),
        }),
      ),
    received() {
      drain();
      return received;
    },
    typed() {
      drain();
      return Buffer.concat(
        received
          .filter((message) => message.payloadType === PayloadType.Output)
          .map((message) => message.payload),
      ).toString();
    },
    acknowledged() {
      drain();
      return acknowledged;
    },
  };
}
