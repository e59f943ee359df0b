import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { decodeFlag, Flag } from '../../src/protocol/flag.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { startLocalAws, type AgentOptions, type LocalAws, type LocalSession } from './local-aws.ts';
import { completeHandshake, createRawClient, type RawClient } from './raw-client.ts';

const SYN = 0;
const FIN = 1;
const PUSH = 2;
const NOP = 3;

function smuxFrame(command: number, id: number, data: Buffer | string = ''): Buffer {
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
function smuxFrames(client: RawClient): readonly SmuxFrame[] {
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

function received(client: RawClient, id: number): string {
  return smuxFrames(client)
    .filter((frame) => frame.id === id && frame.command === PUSH)
    .map((frame) => frame.data)
    .join('');
}

function isFinished(client: RawClient, id: number): boolean {
  return smuxFrames(client).some((frame) => frame.id === id && frame.command === FIN);
}

function flagsOf(client: RawClient): readonly number[] {
  return client.stream
    .filter((message) => message.payloadType === PayloadType.Flag)
    .map((message) => decodeFlag(message.payload));
}

describe('a port session of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;
  let service: Server;
  let portNumber: string;
  let connections: Socket[];
  /** What the service on the target does with a connection. */
  let serve: (socket: Socket) => void;

  beforeEach(async () => {
    aws = await startLocalAws();
    client = createRawClient();
    connections = [];
    serve = (socket) => socket.pipe(socket);
    service = createServer({ allowHalfOpen: true }, (socket) => {
      connections.push(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    portNumber = String((service.address() as AddressInfo).port);
  });
  afterEach(async () => {
    client.close();
    await aws.close();
    for (const socket of connections) socket.destroy();
    service.close();
  });

  const start = async (
    agent: AgentOptions = {},
    documentName = 'AWS-StartPortForwardingSession',
    parameters: Record<string, string[]> = {},
  ): Promise<LocalSession> => {
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
  };
  const push = (...frames: Buffer[]): number =>
    client.send(PayloadType.Output, Buffer.concat(frames));

  describe('multiplexed', () => {
    it('tells the port and its type in the handshake', async () => {
      await start();
      const request = JSON.parse(client.stream[0]?.payload.toString() ?? '') as {
        RequestedClientActions: unknown[];
      };
      assert.deepEqual(request.RequestedClientActions, [
        {
          ActionType: 'SessionType',
          ActionParameters: {
            SessionType: 'Port',
            Properties: { portNumber, type: 'LocalPortForwarding', localPortNumber: '' },
          },
        },
      ]);
    });

    it('dials for each stream and keeps them apart', async () => {
      const session = await start();
      push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'first'), smuxFrame(SYN, 5));
      push(smuxFrame(PUSH, 5, 'second'));
      await client.until(
        'both answers',
        () => received(client, 3) === 'first' && received(client, 5) === 'second',
      );
      assert.equal(session.record.targetConnections, 2);
      assert.equal(session.record.dials, 2);
    });

    it('takes frames that are cut anywhere', async () => {
      await start();
      const bytes = Buffer.concat([
        smuxFrame(SYN, 3),
        smuxFrame(PUSH, 3, 'cut to pieces'),
        smuxFrame(NOP, 0),
        smuxFrame(PUSH, 3, ' and put together'),
      ]);
      for (const byte of bytes) push(Buffer.from([byte]));
      await client.until(
        'the answer',
        () => received(client, 3) === 'cut to pieces and put together',
      );
    });

    it('closes the connection completely on FIN, behind what was sent before', async () => {
      let got = '';
      serve = (socket) => {
        socket.on('data', (bytes) => {
          got += bytes.toString();
        });
      };
      const session = await start();
      push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'last words'), smuxFrame(FIN, 3));
      await client.until('the FIN', () => isFinished(client, 3));
      await session.until(
        'the connection is gone',
        () => session.record.connected === 1 && session.record.targetConnections === 0,
      );
      const [socket] = connections;
      assert.ok(socket);
      if (!socket.readableEnded) await once(socket, 'end');
      assert.equal(got, 'last words');
    });

    it('delivers what the target sent before it closed, and then FIN', async () => {
      serve = (socket) => {
        socket.end(Buffer.alloc(100_000, 'x'));
        socket.resume();
      };
      const session = await start({ pacing: false });
      push(smuxFrame(SYN, 3));
      await client.until('the FIN', () => isFinished(client, 3));
      assert.equal(received(client, 3).length, 100_000);
      assert.equal(smuxFrames(client).at(-1)?.command, FIN);
      await session.until('the connection is gone', () => session.record.targetConnections === 0);
    });

    it('reports a failed dial with a flag and FIN, and goes on', async () => {
      const session = await start();
      service.close();
      await once(service, 'close');
      push(smuxFrame(SYN, 3));
      await client.until('the FIN', () => isFinished(client, 3));
      await client.until('the flag', () => flagsOf(client).includes(Flag.ConnectToPortError));
      assert.equal(session.end, undefined);
      service.listen(Number(portNumber), '127.0.0.1');
      await once(service, 'listening');
      push(smuxFrame(SYN, 5), smuxFrame(PUSH, 5, 'again'));
      await client.until('the answer', () => received(client, 5) === 'again');
    });

    it('stops reading from the client while the target takes nothing', async () => {
      const CHUNKS = 1000;
      serve = (socket) => socket.pause();
      const session = await start({ receiveBound: 256 * 1024 });
      push(smuxFrame(SYN, 3));
      await session.until('the dial', () => session.record.connected === 1);
      const chunk = Buffer.alloc(32_000, 'y');
      for (let i = 0; i < CHUNKS; i++) push(smuxFrame(PUSH, 3, chunk));
      await session.until('reading stops', () => session.record.receivingPaused);
      assert.ok(session.record.received < CHUNKS);
      let got = 0;
      const [socket] = connections;
      assert.ok(socket);
      socket.on('data', (bytes) => {
        got += bytes.length;
      });
      socket.resume();
      // The handshake's response and the SYN came before.
      await session.until('all arrived', () => session.record.received === 2 + CHUNKS);
      push(smuxFrame(FIN, 3));
      await once(socket, 'end');
      assert.equal(got, CHUNKS * chunk.length);
    });

    it('cuts what it sends into payloads of at most 1024 bytes, full ones while data waits', async () => {
      serve = (socket) => {
        socket.end(Buffer.alloc(1_000_000, 'x'));
        socket.resume();
      };
      await start({ pacing: false });
      push(smuxFrame(SYN, 3));
      await client.until('the FIN', () => isFinished(client, 3));
      const sizes = client.stream
        .filter((message) => message.payloadType === PayloadType.Output)
        .map((message) => message.payload.length);
      assert.ok(sizes.every((size) => size <= 1024));
      assert.ok(sizes.length < 1200, `${sizes.length} messages`);
    });

    it('ends the session when the client sends no smux', async () => {
      const session = await start();
      client.type('GET / HTTP/1.1\r\n');
      assert.equal((await session.closed).by, 'remote');
    });

    it('leaves no connection when it is terminated', async () => {
      const session = await start();
      push(smuxFrame(SYN, 3), smuxFrame(SYN, 5));
      await session.until('both dials', () => session.record.targetConnections === 2);
      client.flag(Flag.TerminateSession);
      assert.equal((await session.closed).by, 'flag');
      assert.equal(session.record.targetConnections, 0);
    });

    it('leads to another host when the document says so', async () => {
      await start({}, 'AWS-StartPortForwardingSessionToRemoteHost', { host: ['127.0.0.1'] });
      push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'there'));
      await client.until('the answer', () => received(client, 3) === 'there');
    });
  });

  describe('basic, of an agent before 3.0.196.0', () => {
    const OLD: AgentOptions = { version: '3.0.196.0' };

    it('carries raw bytes', async () => {
      const session = await start(OLD);
      await session.until('the dial', () => session.record.targetConnections === 1);
      client.type('raw');
      await client.until('the answer', () => client.output() === 'raw');
    });

    it('drops the connection on DisconnectToPort and dials again for the next data', async () => {
      const session = await start(OLD);
      await session.until('the dial', () => session.record.targetConnections === 1);
      client.type('one');
      await client.until('the answer', () => client.output() === 'one');
      client.flag(Flag.DisconnectToPort);
      await session.until('the connection is gone', () => session.record.targetConnections === 0);
      client.type(' two');
      await client.until('the answer', () => client.output() === 'one two');
      assert.equal(session.record.dials, 2);
      assert.equal(connections.length, 2);
    });

    it('goes on when the target closes, and says so when it cannot be reached again', async () => {
      serve = (socket) => socket.end();
      const session = await start(OLD);
      await session.until(
        'the target closes',
        () => session.record.connected === 1 && session.record.targetConnections === 0,
      );
      service.close();
      client.type('anyone?');
      await client.until('the flag', () => flagsOf(client).includes(Flag.ConnectToPortError));
      assert.equal(session.end, undefined);
    });
  });

  describe('as a byte stream for ssh', () => {
    it('delivers everything and ends with the connection', async () => {
      serve = (socket) => {
        socket.once('data', (bytes) => socket.end(`banner for ${bytes.toString()}`));
      };
      const session = await start({}, 'AWS-StartSSHSession');
      await session.until('the dial', () => session.record.targetConnections === 1);
      client.type('client');
      assert.deepEqual(await session.closed, { by: 'remote', output: '' });
      assert.equal(client.output(), 'banner for client');
    });

    it('says why when the port cannot be reached', async () => {
      service.close();
      await once(service, 'close');
      const session = await start({}, 'AWS-StartSSHSession');
      assert.equal(
        (await session.closed).output,
        `Unable to connect to specified port: dial tcp :${portNumber}: ECONNREFUSED`,
      );
      await client.until('channel_closed', () => client.channelClosed !== undefined);
      assert.match(client.channelClosed?.Output ?? '', /^Unable to connect/);
    });

    it('neither takes nor acknowledges input before it has dialled', async () => {
      let dial = (): void => undefined;
      const startAfter = new Promise<void>((resolve) => {
        dial = resolve;
      });
      const session = await start({ startAfter }, 'AWS-StartSSHSession');
      const number = client.type('early');
      await session.until('the input is refused', () => session.record.refused === 1);
      assert.ok(!client.acknowledged.has(number));
      dial();
      await session.until('the dial', () => session.record.targetConnections === 1);
      client.sendAs(number, PayloadType.Output, 'early');
      await client.until('the answer', () => client.output() === 'early');
    });
  });
});
