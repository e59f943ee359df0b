import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  closedLocally,
  connectLocally,
  readToEnd,
  refusesConnections,
} from '../../port/support/local-program.ts';
import { sendBack, startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { seeded } from '../../../support/random.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { takenPort, untilEvent } from '../support/forwarding.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

const HOST = '127.0.0.1';

describe('forward -R', { timeout: 120_000, ...needs(LOCALHOST) }, () => {
  it('forwards a port that the target picks to one here, with every byte and half-close', (t) =>
    seeded(async (random) => {
      const service = await startService(t, sendBack);
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', '-R', `0:${service.port}`],
      ]);
      const { destination, local, reverse } = await untilEvent(program, 'listening');
      assert.equal(reverse, true);
      assert.deepEqual(local, { address: 'localhost', port: service.port });
      assert.equal(destination.host, HOST);
      assert.notEqual(destination.port, 0);
      const sent = random.bytes(1_000_000);
      const answers = await Promise.all(
        [1, 2, 3].map(async () => {
          const socket = await connectLocally(t, { port: destination.port, host: HOST });
          socket.end(sent);
          return readToEnd(socket);
        }),
      );
      for (const answer of answers) assert.ok(answer.equals(sent));
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
      assert.equal(program.stderr.text, '');
      for (const session of target.aws.sessions) await session.closed;
      assert.ok(await refusesConnections({ port: destination.port, host: HOST }));
    }));

  it('listens again on the same port after a session has ended', async (t) => {
    const service = await startService(t, (socket) => socket.end('here'));
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '-R', `0:${service.port}`],
    ]);
    const { destination } = await untilEvent(program, 'listening');
    target.aws.sessions[0]?.terminate();
    const ready = await untilEvent(program, 'ready');
    assert.equal(ready.destination.port, destination.port);
    const socket = await connectLocally(t, { port: destination.port, host: HOST });
    assert.equal((await readToEnd(socket)).toString(), 'here');
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('resets a connection whose destination here refuses it, and reports that', async (t) => {
    const service = await startService(t, (socket) => socket.end());
    await service.crash();
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '-R', `0:${service.port}`]);
    await program.stderr.until('its port', (text) => text.includes('forwards to'));
    const [, port = ''] =
      /target:(\d+) forwards to localhost:\d+\n/.exec(program.stderr.text) ?? [];
    const refused = await connectLocally(t, { port: Number(port), host: HOST });
    await closedLocally(refused);
    await program.stderr.until('the refusal', (text) =>
      text.includes(`target:${port}: this machine cannot connect to localhost:${service.port}\n`),
    );
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('forwards to a Unix socket, beside a port of this machine, and names the port to a program', async (t) => {
    const path = join(temporaryDirectory(t), 'app.sock');
    const server = createServer((socket) => socket.end('socket'));
    t.after(() => server.close());
    server.listen(path);
    await once(server, 'listening');
    const service = await startService(t, (socket) => socket.end('port'));
    const target = await startCommandTarget(t);
    const script = `
      const { connect } = require('net');
      connect(process.env.PORT_1, '${HOST}').pipe(process.stdout, { end: false });
      connect(process.env.PORT_2, '${HOST}').pipe(process.stdout, { end: false });`;
    const program = startCommand(t, target, [
      ...['forward', TARGET, `0:${service.port}`, '-R', `0:${path}`],
      ...['--exec', '--', process.execPath, '-e', script],
    ]);
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.ok(['socketport', 'portsocket'].includes(program.stdout.text), program.stdout.text);
    assert.equal(target.aws.sessions.length, 2);
  });

  it('warns of another address, with --remote-address', async (t) => {
    const service = await startService(t, (socket) => socket.end());
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '-R', `0:${service.port}`, '--remote-address', '0.0.0.0'],
    ]);
    await program.stderr.until('the warning', (text) =>
      /Warning: port \d+ of the target listens on 0\.0\.0\.0: /.test(text),
    );
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('fails when the port of the target is in use', async (t) => {
    const port = await takenPort(t);
    const target = await startCommandTarget(t);
    const { status, stderr } = await outcomeOf(
      startCommand(t, target, ['forward', TARGET, '-R', `${port}:3000`]),
    );
    assert.equal(status, 255);
    assert.match(stderr, new RegExp(`Port ${port} of 127\\.0\\.0\\.1 on the target is in use`));
    for (const session of target.aws.sessions) await session.closed;
  });
});
