import { randomBytes, randomUUID } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import {
  acknowledgementOf,
  parseAcknowledgement,
} from '../../../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../../src/protocol/client-message.ts';
import { encodeFlag, type Flag } from '../../../../src/protocol/flag.ts';
import {
  encodeHandshakeResponse,
  parseHandshakeRequest,
} from '../../../../src/protocol/handshake.ts';
import { messageIdFromRandom } from '../../../../src/protocol/message-id.ts';
import { encodeOpenDataChannel } from '../../../../src/protocol/open-data-channel.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { ProtocolError } from '../../../../src/protocol/protocol-error.ts';
import { encodeTerminalSize } from '../../../../src/protocol/terminal-size.ts';
import { shown, withDeadline } from '../../../program/support/transcript.ts';
import { createConditions } from '../../conditions.ts';
import type { SessionResponse } from '../../session/session-request.ts';

/** The version that a raw client reports. */
export const RAW_CLIENT_VERSION = '1.3.0.0';

/** What a raw client does unasked. */
export interface RawClientOptions {
  /** Acknowledges what comes. Default true. */
  readonly acknowledges?: boolean;
  /** Sends what is unacknowledged again at this interval, in milliseconds. Default: never. */
  readonly resends?: number;
  readonly token?: string;
  /** Options of the WebSocket, for certificates. */
  readonly ca?: string;
}

/**
 * A client that a test controls, to examine the local target without the program.
 * It survives its socket: `connect()` continues with the same sequence numbers.
 */
export interface RawClient {
  connect(response: SessionResponse): Promise<void>;
  /** Every frame that could be read, in the order of arrival. */
  readonly messages: readonly ClientMessage[];
  /** Frames that broke the protocol. */
  readonly broken: readonly string[];
  /** Stream payloads in the order of their numbers, each once, up to the first gap. */
  readonly stream: readonly ClientMessage[];
  /** Numbers the agent has acknowledged. */
  readonly acknowledged: ReadonlySet<number>;
  /** Bytes of the Output payloads of `stream`. */
  readonly received: number;
  /** Output payloads of `stream`, as text. */
  output(): string;
  /** @returns the sequence number */
  send(payloadType: PayloadType, payload: Buffer | string): number;
  /** Sends with a number of the test's choice. */
  sendAs(sequenceNumber: number, payloadType: PayloadType, payload: Buffer | string): void;
  sendFrame(frame: Buffer): void;
  type(text: string): number;
  resize(cols: number, rows: number): number;
  flag(flag: Flag): number;
  acknowledge(message: ClientMessage): void;
  /** Resolves as soon as `condition` holds; rejects when it does not within what anything may take. */
  until(what: string, condition: (client: RawClient) => boolean): Promise<void>;
  /** The payload of the channel_closed message; undefined before it came. */
  readonly channelClosed: { readonly SessionId: string; readonly Output: string } | undefined;
  /** Code and reason of the last closed socket. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  /** HTTP status of a refused upgrade, or the error of a failed connection. */
  readonly failure: string | undefined;
  /** Stops reading from the socket. */
  pause(): void;
  resume(): void;
  ping(): void;
  readonly pongs: number;
  /** Tears the socket down. */
  cut(): void;
  /** Stops everything. */
  close(): void;
}

/** Makes a client that is not connected yet. */
export function createRawClient(options: RawClientOptions = {}): RawClient {
  const conditions = createConditions();
  const messages: ClientMessage[] = [];
  const broken: string[] = [];
  const stream: ClientMessage[] = [];
  const ahead = new Map<number, ClientMessage>();
  const acknowledged = new Set<number>();
  const unacknowledged = new Map<number, Buffer>();
  const clientId = randomUUID();
  let webSocket: WebSocket | undefined;
  let next = 0;
  let received = 0;
  let closed: RawClient['closed'];
  let failure: string | undefined;
  let channelClosed: RawClient['channelClosed'];
  let pongs = 0;

  const newId = (): Buffer => messageIdFromRandom(randomBytes(16));
  const sendFrame = (frame: Buffer): void => {
    if (webSocket?.readyState === WebSocket.OPEN) webSocket.send(frame);
  };
  const acknowledge = (message: ClientMessage): void =>
    sendFrame(encodeClientMessage(acknowledgementOf(message, newId(), Date.now())));
  const take = (message: ClientMessage): void => {
    messages.push(message);
    switch (message.messageType) {
      case MessageType.Acknowledge: {
        const { sequenceNumber } = parseAcknowledgement(message.payload);
        acknowledged.add(sequenceNumber);
        unacknowledged.delete(sequenceNumber);
        return;
      }
      case MessageType.ChannelClosed:
        channelClosed = JSON.parse(message.payload.toString()) as RawClient['channelClosed'];
        return;
      case MessageType.OutputStreamData:
        if (message.sequenceNumber >= stream.length) ahead.set(message.sequenceNumber, message);
        for (
          let first = ahead.get(stream.length);
          first !== undefined;
          first = ahead.get(stream.length)
        ) {
          ahead.delete(stream.length);
          stream.push(first);
          if (first.payloadType === PayloadType.Output) received += first.payload.length;
        }
        if (options.acknowledges !== false) acknowledge(message);
        return;
      default:
        return;
    }
  };
  const onData = (data: RawData): void => {
    try {
      take(decodeClientMessage(Buffer.isBuffer(data) ? data : Buffer.alloc(0)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      broken.push(error.reason);
    }
    conditions.changed();
  };
  const sendAs = (number: number, payloadType: PayloadType, payload: Buffer | string): void => {
    const frame = encodeClientMessage({
      messageType: MessageType.InputStreamData,
      sequenceNumber: number,
      flags: 0,
      messageId: newId(),
      createdDate: Date.now(),
      payloadType,
      payload: Buffer.from(payload),
    });
    unacknowledged.set(number, frame);
    sendFrame(frame);
  };
  const resends =
    options.resends === undefined
      ? undefined
      : setInterval(() => {
          for (const frame of unacknowledged.values()) sendFrame(frame);
        }, options.resends);
  const send = (payloadType: PayloadType, payload: Buffer | string): number => {
    const number = next++;
    sendAs(number, payloadType, payload);
    return number;
  };

  const client: RawClient = {
    async connect(response) {
      const opening = new WebSocket(
        response.StreamUrl,
        options.ca === undefined ? {} : { ca: options.ca },
      );
      webSocket = opening;
      opening.on('open', () => {
        opening.send(
          encodeOpenDataChannel({
            requestId: randomUUID(),
            tokenValue: options.token ?? response.TokenValue,
            clientId,
            clientVersion: RAW_CLIENT_VERSION,
          }),
        );
        conditions.changed();
      });
      opening.on('message', onData);
      opening.on('pong', () => {
        pongs++;
        conditions.changed();
      });
      opening.on('error', (error) => {
        failure = error.message;
        conditions.changed();
      });
      opening.on('close', (code, reason) => {
        closed = { code, reason: reason.toString() };
        conditions.changed();
      });
      closed = undefined;
      await conditions.until(
        'the WebSocket opens or fails',
        () => opening.readyState === WebSocket.OPEN || closed !== undefined,
      );
    },
    messages,
    broken,
    stream,
    acknowledged,
    get received() {
      return received;
    },
    output: () =>
      Buffer.concat(
        stream
          .filter((message) => message.payloadType === PayloadType.Output)
          .map((message) => message.payload),
      ).toString(),
    send,
    sendAs,
    sendFrame,
    type: (text) => send(PayloadType.Output, text),
    resize: (cols, rows) => send(PayloadType.Size, encodeTerminalSize({ cols, rows })),
    flag: (flag) => send(PayloadType.Flag, encodeFlag(flag)),
    acknowledge,
    until: (what, condition) =>
      withDeadline(
        what,
        conditions.until(what, () => condition(client)),
        () => `The output is ${shown(client.output())}`,
      ),
    get channelClosed() {
      return channelClosed;
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
    pause: () => webSocket?.pause(),
    resume: () => webSocket?.resume(),
    ping: () => webSocket?.ping('keepalive'),
    get pongs() {
      return pongs;
    },
    cut: () => webSocket?.terminate(),
    close() {
      clearInterval(resends);
      webSocket?.terminate();
      conditions.close();
    },
  };
  return client;
}

/** Answers the agent's HandshakeRequest with success for every action, and awaits its completion. */
export async function completeHandshake(client: RawClient): Promise<void> {
  await client.until('the handshake request', () => client.stream.length > 0);
  const payload = client.stream[0]?.payload ?? Buffer.alloc(0);
  const { actions } = parseHandshakeRequest(payload);
  const results = actions.map(() => ({ status: 'success' }) as const);
  client.send(
    PayloadType.HandshakeResponse,
    encodeHandshakeResponse(RAW_CLIENT_VERSION, actions, results),
  );
  await client.until('the end of the handshake', () =>
    client.stream.some((message) => message.payloadType === PayloadType.HandshakeComplete),
  );
}
