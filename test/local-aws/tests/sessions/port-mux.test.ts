import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Flag } from '../../../../src/protocol/flag.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import {
  FIN,
  flagsOf,
  isFinished,
  NOP,
  PUSH,
  received,
  smuxFrame,
  smuxFrames,
  startPortFixture,
  SYN,
  type PortFixture,
} from '../support/port-fixture.ts';

describe('a multiplexed port session of the local target', () => {
  let port: PortFixture;

  beforeEach(async () => {
    port = await startPortFixture();
  });
  afterEach(() => port.close());

  it('sends the port and its type in the handshake', async () => {
    await port.start();
    const request = JSON.parse(port.client.stream[0]?.payload.toString() ?? '') as {
      RequestedClientActions: unknown[];
    };
    assert.deepEqual(request.RequestedClientActions, [
      {
        ActionType: 'SessionType',
        ActionParameters: {
          SessionType: 'Port',
          Properties: {
            portNumber: port.portNumber,
            type: 'LocalPortForwarding',
            localPortNumber: '',
          },
        },
      },
    ]);
  });

  it('dials for each stream and keeps them apart', async () => {
    const session = await port.start();
    port.push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'first'), smuxFrame(SYN, 5));
    port.push(smuxFrame(PUSH, 5, 'second'));
    await port.client.until(
      'both answers',
      () => received(port.client, 3) === 'first' && received(port.client, 5) === 'second',
    );
    assert.equal(session.record.targetConnections, 2);
    assert.equal(session.record.dials, 2);
  });

  // agent/session/plugins/port/port_mux.go of the agent dials whether or not the stream has ended.
  it('dials for a stream that has ended at once, and ends it: a failure is reported before', async () => {
    const session = await port.start();
    port.push(smuxFrame(SYN, 3), smuxFrame(FIN, 3));
    await port.client.until('the end', () => isFinished(port.client, 3));
    assert.equal(session.record.connected, 1);
    assert.deepEqual(flagsOf(port.client), []);
    port.service.close();
    port.push(smuxFrame(SYN, 5), smuxFrame(FIN, 5));
    await port.client.until('the second end', () => isFinished(port.client, 5));
    assert.equal(session.record.dials, 2);
    assert.deepEqual(flagsOf(port.client), [Flag.ConnectToPortError]);
  });

  it('dials one after another: a destination that takes long delays every later stream', async () => {
    let firstDial = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      firstDial = resolve;
    });
    const session = await port.start({
      beforeDial: (nth) => (nth === 1 ? first : Promise.resolve()),
    });
    port.push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'first'));
    port.push(smuxFrame(SYN, 5), smuxFrame(PUSH, 5, 'second'), smuxFrame(FIN, 3));
    // The handshake's response came before.
    await session.until('both are taken', () => session.record.received === 3);
    assert.equal(session.record.dials, 0);
    assert.equal(isFinished(port.client, 3), false);
    firstDial();
    await port.client.until('the answer', () => received(port.client, 5) === 'second');
    await port.client.until('the FIN', () => isFinished(port.client, 3));
    assert.equal(session.record.dials, 2);
  });

  it('refuses to forward to the addresses of instance metadata', async () => {
    const session = await port.start({}, 'AWS-StartPortForwardingSessionToRemoteHost', {
      host: ['169.254.169.254'],
    });
    assert.deepEqual(await session.closed, {
      by: 'remote',
      output: 'Forwarding to IP address 169.254.169.254 is forbidden.',
    });
    assert.equal(session.record.dials, 0);
  });

  it('takes frames that are cut anywhere', async () => {
    await port.start();
    const bytes = Buffer.concat([
      smuxFrame(SYN, 3),
      smuxFrame(PUSH, 3, 'cut to pieces'),
      smuxFrame(NOP, 0),
      smuxFrame(PUSH, 3, ' and put together'),
    ]);
    for (const byte of bytes) port.push(Buffer.from([byte]));
    await port.client.until(
      'the answer',
      () => received(port.client, 3) === 'cut to pieces and put together',
    );
  });

  it('closes the connection completely on FIN, after what was sent before', async () => {
    let got = '';
    port.serve = (socket) => {
      socket.on('data', (bytes) => {
        got += bytes.toString();
      });
    };
    const session = await port.start();
    port.push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'last words'), smuxFrame(FIN, 3));
    await port.client.until('the FIN', () => isFinished(port.client, 3));
    await session.until(
      'the connection is gone',
      () => session.record.connected === 1 && session.record.targetConnections === 0,
    );
    const [socket] = port.connections;
    assert.ok(socket);
    if (!socket.readableEnded) await once(socket, 'end');
    assert.equal(got, 'last words');
  });

  it('delivers what the target sent before it closed, and then FIN', async () => {
    port.serve = (socket) => {
      socket.end(Buffer.alloc(100_000, 'x'));
      socket.resume();
    };
    const session = await port.start({ pacing: false });
    port.push(smuxFrame(SYN, 3));
    await port.client.until('the FIN', () => isFinished(port.client, 3));
    assert.equal(received(port.client, 3).length, 100_000);
    assert.equal(smuxFrames(port.client).at(-1)?.command, FIN);
    await session.until('the connection is gone', () => session.record.targetConnections === 0);
  });

  it('reports a failed dial with a flag and FIN, and continues', async () => {
    const session = await port.start();
    port.service.close();
    await once(port.service, 'close');
    port.push(smuxFrame(SYN, 3));
    await port.client.until('the FIN', () => isFinished(port.client, 3));
    await port.client.until('the flag', () =>
      flagsOf(port.client).includes(Flag.ConnectToPortError),
    );
    assert.equal(session.end, undefined);
    port.service.listen(Number(port.portNumber), '127.0.0.1');
    await once(port.service, 'listening');
    port.push(smuxFrame(SYN, 5), smuxFrame(PUSH, 5, 'again'));
    await port.client.until('the answer', () => received(port.client, 5) === 'again');
  });

  it('stops reading from the client while the target takes nothing', async () => {
    const CHUNKS = 1000;
    port.serve = (socket) => socket.pause();
    const session = await port.start({ receiveLimit: 256 * 1024 });
    port.push(smuxFrame(SYN, 3));
    await session.until('the dial', () => session.record.connected === 1);
    const chunk = Buffer.alloc(32_000, 'y');
    for (let i = 0; i < CHUNKS; i++) port.push(smuxFrame(PUSH, 3, chunk));
    await session.until('reading stops', () => session.record.receivingPaused);
    assert.ok(session.record.received < CHUNKS);
    let got = 0;
    const [socket] = port.connections;
    assert.ok(socket);
    socket.on('data', (bytes) => {
      got += bytes.length;
    });
    socket.resume();
    // The handshake's response and the SYN came before.
    await session.until('all arrived', () => session.record.received === 2 + CHUNKS);
    port.push(smuxFrame(FIN, 3));
    await once(socket, 'end');
    assert.equal(got, CHUNKS * chunk.length);
  });

  it('cuts what it sends into payloads of at most 1024 bytes, full ones while data waits', async () => {
    port.serve = (socket) => {
      socket.end(Buffer.alloc(1_000_000, 'x'));
      socket.resume();
    };
    await port.start({ pacing: false });
    port.push(smuxFrame(SYN, 3));
    await port.client.until('the FIN', () => isFinished(port.client, 3));
    const sizes = port.client.stream
      .filter((message) => message.payloadType === PayloadType.Output)
      .map((message) => message.payload.length);
    assert.ok(sizes.every((size) => size <= 1024));
    assert.ok(sizes.length < 1200, `${sizes.length} messages`);
  });

  it('ends the session when the client sends no smux', async () => {
    const session = await port.start();
    port.client.type('GET / HTTP/1.1\r\n');
    assert.equal((await session.closed).by, 'remote');
  });

  it('leaves no connection when it is terminated', async () => {
    const session = await port.start();
    port.push(smuxFrame(SYN, 3), smuxFrame(SYN, 5));
    await session.until('both dials', () => session.record.targetConnections === 2);
    port.client.flag(Flag.TerminateSession);
    assert.equal((await session.closed).by, 'flag');
    assert.equal(session.record.targetConnections, 0);
  });

  it('forwards to another host when the document asks for it', async () => {
    await port.start({}, 'AWS-StartPortForwardingSessionToRemoteHost', { host: ['127.0.0.1'] });
    port.push(smuxFrame(SYN, 3), smuxFrame(PUSH, 3, 'there'));
    await port.client.until('the answer', () => received(port.client, 3) === 'there');
  });
});
