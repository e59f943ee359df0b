import { once } from 'node:events';
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { decodeFlag } from '../../../../src/protocol/flag.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import {
  startLocalAws,
  type AgentOptions,
  type LocalAws,
  type LocalSession,
} from '../../local-aws.ts';
import { completeHandshake, createRawClient, type RawClient } from './raw-client.ts';

/** Commands of smux version 1. */
export const SYN = 0;
export const FIN = 1;
export const PUSH = 2;
export const NOP = 3;

/** One smux frame. */
export function smuxFrame(command: number, id: number, data: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(data);
  const header = Buffer.from([1, command, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16LE(bytes.length, 2);
  header.writeUInt32LE(id, 4);
  return Buffer.concat([header, bytes]);
}

interface SmuxFrame {
  readonly command: number;
  readonly id: number;
  readonly data: string;
}

/** What the agent has sent as smux frames, the last one perhaps not yet whole left out. */
export function smuxFrames(client: RawClient): readonly SmuxFrame[] {
  let bytes = outputBytes(client);
  const frames: SmuxFrame[] = [];
  while (bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt16LE(2)) {
    const end = 8 + bytes.readUInt16LE(2);
    assert.equal(bytes[0], 1);
    frames.push({
      command: bytes.readUInt8(1),
      id: bytes.readUInt32LE(4),
      data: bytes.toString('latin1', 8, end),
    });
    bytes = bytes.subarray(end);
  }
  return frames;
}

function outputBytes(client: RawClient): Buffer {
  return Buffer.concat(
    client.stream
      .filter((message) => message.payloadType === PayloadType.Output)
      .map((message) => message.payload),
  );
}

/** Data of one stream so far. */
export function received(client: RawClient, id: number): string {
  return smuxFrames(client)
    .filter((frame) => frame.id === id && frame.command === PUSH)
    .map((frame) => frame.data)
    .join('');
}

/** Whether the agent has closed the stream. */
export function isFinished(client: RawClient, id: number): boolean {
  return smuxFrames(client).some((frame) => frame.id === id && frame.command === FIN);
}

/** Flags the agent has sent. */
export function flagsOf(client: RawClient): readonly number[] {
  return client.stream
    .filter((message) => message.payloadType === PayloadType.Flag)
    .map((message) => decodeFlag(message.payload));
}

/** A port session on the local target, with a scripted service as its destination. */
export interface PortFixture {
  readonly aws: LocalAws;
  readonly client: RawClient;
  readonly service: Server;
  readonly portNumber: string;
  /** Connections the service has had. */
  readonly connections: readonly Socket[];
  /** What the service does with a connection; it echoes by default. */
  serve: (socket: Socket) => void;
  start(
    agent?: AgentOptions,
    documentName?: string,
    parameters?: Record<string, string[]>,
  ): Promise<LocalSession>;
  /** Sends smux frames in one message. */
  push(...frames: Buffer[]): number;
  close(): Promise<void>;
}

/** Starts a local target and a service on it. */
export async function startPortFixture(): Promise<PortFixture> {
  const aws = await startLocalAws();
  const client = createRawClient();
  const connections: Socket[] = [];
  const service = createServer({ allowHalfOpen: true }, (socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
    fixture.serve(socket);
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const portNumber = String((service.address() as AddressInfo).port);
  const fixture: PortFixture = {
    aws,
    client,
    service,
    portNumber,
    connections,
    serve: (socket) => socket.pipe(socket),
    async start(agent = {}, documentName = 'AWS-StartPortForwardingSession', parameters = {}) {
      const response = await aws.startSession(
        {
          Target: 'i-0123456789abcdef0',
          DocumentName: documentName,
          Parameters: { portNumber: [portNumber], ...parameters },
        },
        { agent },
      );
      await client.connect(response);
      await completeHandshake(client);
      return aws.session(response.SessionId);
    },
    push: (...frames) => client.send(PayloadType.Output, Buffer.concat(frames)),
    async close() {
      client.close();
      await aws.close();
      for (const socket of connections) socket.destroy();
      service.close();
    },
  };
  return fixture;
}
