import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';

import { spawnSync } from '../../../support/child-process.ts';
import { needs, type Condition } from '../../../support/require-tools.ts';
import { PYTHON } from '../../../support/tools.ts';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { sendBack, startService } from '../../port/support/target-service.ts';
import { sessionPreferences } from '../../../local-aws/local-aws.ts';
import { TARGET } from '../../support/target.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { seeded } from '../../../support/random.ts';
import { nameAt, untilEvent } from '../support/forwarding.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

const OWNER_ONLY = 0o600;
const PERMISSIONS = 0o777;
const AS_ROOT: Condition = {
  obstacle: process.getuid?.() === 0 ? undefined : 'only root may write the ports of a datagram',
};
/** Its argument is the port of the receiver. The header of UDP: ports, length, and no checksum (RFC 768). */
const SEND_FROM_PORT_0 = `
import socket, struct, sys
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
raw.sendto(struct.pack(">HHHH", 0, int(sys.argv[1]), 13, 0) + b"first", ("127.0.0.1", 0))
`;

/** A service on a Unix socket of the target. */
async function startSocketService(
  t: TestContext,
  path: string,
  serve: (socket: Socket) => void,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, serve);
  t.after(() => server.close());
  server.listen(path);
  await once(server, 'listening');
  return server;
}

async function bindUdp(t: TestContext): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.bind({ address: '127.0.0.1', port: 0 });
  await once(socket, 'listening');
  return socket;
}

async function nextDatagram(socket: UdpSocket): Promise<string> {
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  return bytes.toString();
}

describe('forward with Unix sockets', { timeout: 120_000, ...needs(LOCALHOST) }, () => {
  it('forwards a socket of its user alone to one of the target, with every byte and half-close', (t) =>
    seeded(async (random) => {
      const directory = temporaryDirectory(t);
      const [local, remote] = [join(directory, 'local.sock'), join(directory, 'remote.sock')];
      await startSocketService(t, remote, sendBack);
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', `${local}:${remote}`],
      ]);
      const event = await untilEvent(program, 'listening');
      assert.deepEqual(event.local, { address: null, port: 0, path: local });
      assert.deepEqual(event.destination, { host: null, port: 0, path: remote });
      assert.equal(statSync(local).mode & PERMISSIONS, OWNER_ONLY);
      const sent = random.bytes(1_000_000);
      const socket = await connectLocally(t, { path: local });
      socket.end(sent);
      assert.ok((await readToEnd(socket)).equals(sent));
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
      assert.equal(program.stderr.text, '');
      assert.equal(existsSync(local), false);
      for (const session of target.aws.sessions) await session.closed;
    }));

  it('forwards a socket to a port, and a port to a socket, and names both to a program', async (t) => {
    const directory = temporaryDirectory(t);
    const [local, remote] = [join(directory, 'local.sock'), join(directory, 'remote.sock')];
    await startSocketService(t, remote, (socket) => socket.end('socket'));
    const service = await startService(t, (socket) => socket.end('port'));
    const target = await startCommandTarget(t);
    const script = `
      const { connect } = require('net');
      const { SOCKET_1, PORT_2, SOCKET_TARGET_${service.port} } = process.env;
      if (SOCKET_1 !== SOCKET_TARGET_${service.port}) throw new Error('the names differ');
      connect(SOCKET_1).pipe(process.stdout, { end: false });
      connect(PORT_2, '127.0.0.1').pipe(process.stdout, { end: false });`;
    const program = startCommand(t, target, [
      ...['forward', TARGET, `${local}:${service.port}`, `0:${remote}`],
      ...['--exec', '--', process.execPath, '-e', script],
    ]);
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.ok(['socketport', 'portsocket'].includes(program.stdout.text), program.stdout.text);
    assert.equal(program.stderr.text, '');
  });

  it('replaces the socket of a process that was killed, and nothing else', async (t) => {
    const path = join(temporaryDirectory(t), 'local.sock');
    const service = await startService(t, (socket) => socket.end('here'));
    const target = await startCommandTarget(t);
    const command = ['forward', TARGET, '--json', `${path}:${service.port}`] as const;
    const killed = startCommand(t, target, [...command]);
    await untilEvent(killed, 'listening');
    const second = await outcomeOf(startCommand(t, target, [...command]));
    assert.equal(second.status, 255);
    assert.match(second.stdout, /The Unix socket \S+ already exists/);
    killed.kill('SIGKILL');
    await killed.end();
    assert.ok(existsSync(path));
    const program = startCommand(t, target, [...command]);
    await untilEvent(program, 'listening');
    assert.equal((await readToEnd(await connectLocally(t, { path }))).toString(), 'here');
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
    writeFileSync(path, 'mine');
    const refused = await outcomeOf(startCommand(t, target, [...command]));
    assert.match(refused.stdout, /already exists/);
    assert.ok(statSync(path).isFile());
  });

  it('resets programs while there is no such socket on the target, and reports it', async (t) => {
    const service = await startService(t, (socket) => socket.end());
    const missing = join(temporaryDirectory(t), 'missing.sock');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, `0:${missing}`, '--check']);
    await program.stderr.until('the check', (text) =>
      text.includes(`${TARGET} cannot connect to ${missing} of ${TARGET}`),
    );
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
    assert.equal(service.accepted, 0);
  });
});

describe(
  'forward of what only a relay can carry',
  { timeout: 120_000, ...needs(LOCALHOST) },
  () => {
    it('fails with --fast=auto where there can be none, and other ports go on', async (t) => {
      const service = await startService(t, (socket) => socket.end('port'));
      const target = await startCommandTarget(t, {
        documents: { 'SSM-SessionManagerRunShell': sessionPreferences({ s3BucketName: 'logs' }) },
      });
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', '--fast=auto'],
        ...[`0:${service.port}`, '0:/run/app.sock'],
      ]);
      const { local } = await untilEvent(program, 'listening');
      const { destination, error } = await untilEvent(program, 'failed');
      assert.equal(destination.path, '/run/app.sock');
      assert.equal(error.code, 'tunnel-needed');
      assert.equal(await nameAt(t, local.port), 'port');
      program.kill('SIGINT');
      await program.end();
      assert.match(program.stderr.text, /The ports of the agent are used instead/);
    });
  },
);

describe('forward with UDP', { timeout: 120_000, ...needs(LOCALHOST) }, () => {
  it('passes datagrams of two programs to a server, and each answer to its program', async (t) => {
    const server = await bindUdp(t);
    server.on('message', (bytes, from) => {
      server.send(`${bytes.toString()} from ${from.port}`, from.port, from.address);
    });
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', `0:127.0.0.1:${server.address().port}/udp`],
    ]);
    const { local, protocol } = await untilEvent(program, 'listening');
    assert.equal(protocol, 'udp');
    const programs = [await bindUdp(t), await bindUdp(t)];
    const seen = new Set<string>();
    for (const [index, socket] of programs.entries()) {
      for (const question of ['first', 'second']) {
        const answer = nextDatagram(socket);
        socket.send(`${question} ${index}`, local.port, '127.0.0.1');
        const [text = '', port = ''] = (await answer).split(' from ');
        assert.equal(text, `${question} ${index}`);
        seen.add(port);
      }
    }
    assert.equal(seen.size, programs.length);
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
    for (const session of target.aws.sessions) await session.closed;
  });

  it(
    'drops datagrams of port 0, to which there is no answer',
    needs(AS_ROOT, PYTHON),
    async (t) => {
      const server = await bindUdp(t);
      const received: string[] = [];
      server.on('message', (bytes, from) => {
        received.push(bytes.toString());
        server.send(bytes, from.port, from.address);
      });
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', `0:127.0.0.1:${server.address().port}/udp`],
      ]);
      const { local } = await untilEvent(program, 'listening');
      const { stderr } = spawnSync('python3', ['-c', SEND_FROM_PORT_0, String(local.port)]);
      assert.equal(stderr.toString(), '');
      const socket = await bindUdp(t);
      const answer = nextDatagram(socket);
      socket.send('second', local.port, '127.0.0.1');
      assert.equal(await answer, 'second');
      assert.deepEqual(received, ['second']);
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
      assert.equal(target.aws.sessions.length, 2);
    },
  );
});
