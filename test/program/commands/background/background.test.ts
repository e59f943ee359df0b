import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { processEnded } from '../../support/processes.ts';
import { nameAt, startNamed, takenPort } from '../support/forwarding.ts';
import { startBackgroundUser, untilStatus } from './support/background-user.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

const CONNECTIONS_FILE = '.config/session-manager-plugin/connections.toml';

describe('connections in the background', { timeout: 240_000 }, () => {
  it('stay after up --detach, until down', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { db: [`0:${service.port}`], web: ['0:80'] });
    const up = await user.run(['up', 'db', '--detach']);
    assert.equal(up.status, 0, up.stderr);
    assert.match(up.stdout, /^db\t127\.0\.0\.1:\d+\tport \d+\tlistening\t/);
    const [db] = await user.status();
    assert.ok(db !== undefined);
    assert.equal(db.attached, false);
    assert.equal(await nameAt(t, db.local.port), 'hello');
    const [used] = await untilStatus(user, ([port]) => port?.received === 5 && port.open === 0);
    assert.deepEqual([used?.open, used?.connections, used?.sessions, used?.up], [0, 1, 1, 1]);
    assert.equal((await user.run(['status'])).status, 0);

    const two = await user.run(['up', 'web', '-d']);
    assert.equal(two.status, 0, two.stderr);
    assert.equal(user.processes('__supervise').length, 1);
    assert.equal(user.processes('__connection').length, 2);
    const [supervisor = 0] = user.processes('__supervise');

    assert.deepEqual(await user.run(['down', 'db']), {
      status: 0,
      stdout: '',
      stderr: 'db is down.\n',
    });
    assert.deepEqual(
      (await user.status()).map(({ name }) => name),
      ['web'],
    );
    assert.equal((await user.run(['down', '--all'])).stderr, 'web is down.\n');
    await processEnded(supervisor);
    assert.deepEqual(user.processes(), []);
    assert.deepEqual(readdirSync(user.sockets), []);
    assert.equal(user.target.aws.sessions.length, 2);
    for (const session of user.target.aws.sessions) assert.equal((await session.closed).by, 'flag');
    assert.equal((await user.run(['status'])).status, 1);
  });

  it('forward Unix sockets and datagrams through a fast tunnel', needs(LOCALHOST), async (t) => {
    const service = await startNamed(t, 'hello');
    const path = join(temporaryDirectory(t), 'local.sock');
    const ports = [`${path}:${service.port}`, '0:dns.internal:53/udp'];
    const user = await startBackgroundUser(t, { db: ports });
    const up = await user.run(['up', 'db', '--detach']);
    assert.equal(up.status, 0, up.stderr);
    assert.ok(up.stdout.startsWith(`db\t${path}\tport ${service.port}\tlistening\t`), up.stdout);
    assert.match(up.stdout, /^db\t127\.0\.0\.1:\d+\tdns\.internal:53\/udp\tlistening\t/m);
    const [socket, datagrams] = await user.status();
    assert.deepEqual(socket?.local, { address: null, port: 0, path });
    assert.equal(datagrams?.protocol, 'udp');
    const answer = await readToEnd(await connectLocally(t, { path }));
    assert.equal(answer.toString(), 'hello');
    await user.run(['down', '--all']);
    assert.equal(existsSync(path), false);
  });

  it(
    'use a fast tunnel for all their ports when their file has it, as forward does',
    needs(LOCALHOST),
    async (t) => {
      const service = await startNamed(t, 'hello');
      const ports = [`0:${service.port}`, `0:localhost:${service.port}`];
      const user = await startBackgroundUser(t, { db: ports });
      appendFileSync(join(user.home, CONNECTIONS_FILE), 'fast = true\n');
      const up = await user.run(['up', 'db', '--detach']);
      assert.equal(up.status, 0, up.stderr);
      for (const { local } of await user.status()) {
        const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
        assert.equal((await readToEnd(socket)).toString(), 'hello');
      }
      await user.run(['down', '--all']);
      const program = user.start(['forward', 'db', '--json']);
      await program.stdout.until('a port', (text) => text.includes('"listening"'));
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
      const tunnel = ['AWS-StartInteractiveCommand', 'AWS-StartNonInteractiveCommand'];
      assert.deepEqual(
        user.target.aws.sessions.map(({ request }) => request.DocumentName),
        [...tunnel, ...tunnel],
      );
    },
  );

  it('are used by the user alone', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    assert.equal(statSync(user.sockets).mode & 0o777, 0o700);
    const [socket = ''] = readdirSync(user.sockets);
    assert.equal(statSync(join(user.sockets, socket)).mode & 0o777, 0o600);
  });

  it('have one supervisor, when several up start at the same moment', async (t) => {
    const names = ['a', 'b', 'c', 'd'];
    const user = await startBackgroundUser(
      t,
      Object.fromEntries(names.map((name) => [name, ['0:80']])),
    );
    const runs = await Promise.all(names.map((name) => user.run(['up', name, '--detach'])));
    for (const { status, stderr } of runs) assert.equal(status, 0, stderr);
    assert.equal(user.processes('__supervise').length, 1);
    const ports = await user.status();
    assert.deepEqual(ports.map(({ name }) => name).sort(), names);
  });

  it('survive a supervisor that was killed: nothing of it stays, and up starts another one', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    const before = user.processes();
    const [killed = 0] = user.processes('__supervise');
    process.kill(killed, 'SIGKILL');
    await Promise.all(before.map(processEnded));
    assert.equal((await user.target.aws.sessions[0]?.closed)?.by, 'flag');
    assert.equal(readdirSync(user.sockets).length, 1, 'the socket that nothing listens to');
    assert.deepEqual(await user.status(), []);
    const again = await user.run(['up', 'web', '--detach']);
    assert.equal(again.status, 0, again.stderr);
    assert.equal(readdirSync(user.sockets).length, 1);
    assert.equal((await user.status()).length, 1);
  });

  it('are started again after their process was killed', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    const [{ pid } = { pid: null }] = await user.status();
    process.kill(pid ?? 0, 'SIGKILL');
    const isBack = ([port]: Awaited<ReturnType<typeof user.status>>): boolean =>
      port?.state === 'listening' && port.pid !== pid;
    const [back] = await untilStatus(user, isBack);
    assert.equal(back?.error?.code, 'connection-process-ended');
    const { stdout } = await user.run(['logs', 'web']);
    assert.match(stdout, /Z web: The process of the connection ended unexpectedly \(SIGKILL\)\./);
    assert.match(stdout, /Z web: Trying again in \d s\./);
  });

  it('report which port does not listen, and try it again', async (t) => {
    const taken = await takenPort(t);
    const user = await startBackgroundUser(t, { web: [`${taken}:80`], db: ['0:80'] });
    const up = await user.run(['up', '--all', '--detach']);
    assert.equal(up.status, 255);
    assert.match(
      up.stderr,
      new RegExp(`^session-manager-plugin: web \\(port ${taken}\\): Local port`),
    );
    const states = (await user.status()).map(({ name, state }) => [name, state]);
    assert.deepEqual(new Map(states as [string, string][]).get('db'), 'listening');
    assert.equal((await user.run(['status'])).status, 1);
  });

  it('show a destination that refuses connections, until it answers', async (t) => {
    const service = await startNamed(t, 'hello');
    await service.crash();
    const user = await startBackgroundUser(t, { web: [`0:${service.port}`] });
    const up = await user.run(['up', 'web', '--detach']);
    assert.equal(up.status, 0, up.stderr);
    const [refused] = await untilStatus(user, ([port]) => port?.checked === 'refused');
    assert.equal(refused?.state, 'listening');
    const shown = await user.run(['status']);
    assert.equal(shown.status, 1);
    assert.match(shown.stdout, /\tno answer\t/);
    await service.restart();
    const [answers] = await untilStatus(user, ([port]) => port?.checked === 'answers');
    assert.equal((await user.run(['status'])).status, 0);
    const { stdout } = await user.run(['logs', 'web']);
    assert.match(stdout, /cannot connect to port \d+ of [^\n]+\n.* port \d+ of \S+ answers\n$/);

    const other = await user.run(['up', 'web', '--detach', '--no-check']);
    assert.equal(other.status, 0, other.stderr);
    const [unchecked] = await user.status();
    assert.notEqual(unchecked?.pid, answers?.pid);
    assert.equal(await nameAt(t, unchecked?.local.port ?? 0), 'hello');
    const [used] = await untilStatus(user, ([port]) => port?.received === 5);
    assert.equal(used?.checked, null);
  });

  it('end a session that no program uses, after the time in the file', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { web: [`0:${service.port}`] });
    const file = join(user.home, '.config/session-manager-plugin/connections.toml');
    appendFileSync(file, 'idle = "1s"\n');
    await user.run(['up', 'web', '--detach']);
    const [idle] = await untilStatus(user, ([port]) => port?.state === 'idle');
    assert.equal(idle?.error, null);
    assert.equal((await user.target.aws.sessions[0]?.closed)?.by, 'flag');
    assert.equal(await nameAt(t, idle.local.port), 'hello');
    assert.equal(user.target.aws.sessions.length, 2);
  });

  it('stay as they are for an up with the same settings, and are started again for others', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    const [first] = await user.status();
    await user.run(['up', 'web', '--detach']);
    const [same] = await user.status();
    assert.equal(same?.pid, first?.pid);
    const env = { AWS_SECRET_ACCESS_KEY: 'another' };
    const other = await user.run(['up', 'web', '--detach'], env);
    assert.equal(other.status, 0, other.stderr);
    const [changed] = await user.status();
    assert.notEqual(changed?.pid, first?.pid);
    assert.equal(user.processes('__connection').length, 1);
  });

  it('end with the up that started them, and only those', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'], db: ['0:80'] });
    await user.run(['up', 'db', '--detach']);
    const program = user.start(['up', 'db', 'web', '--json']);
    await program.stdout.until('web listens', (text) => text.includes('"web","state":"listening"'));
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.deepEqual(
      (await user.status()).map(({ name }) => name),
      ['db'],
    );
  });

  it('end with Ctrl-C, and their messages contain nothing but the end', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { web: [`0:${service.port}`] });
    const program = user.start(['up', 'web']);
    await program.stderr.until('web listens', (text) => text.includes(' forwards to port '));
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(
      program.stderr.text,
      /^web: (127\.0\.0\.1:\d+) forwards to port \d+ of \S+\nweb: \1: no longer forwarded\n$/,
    );
  });

  it('end with an up that was killed', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    const program = user.start(['up', 'web']);
    await program.stderr.until('web listens', (text) => text.includes(' forwards to port 80 '));
    const all = user.processes();
    assert.equal(all.length, 2);
    program.kill('SIGKILL');
    await Promise.all(all.map(processEnded));
  });

  it('go on when the terminal of up --detach is closed', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { web: [`0:${service.port}`] });
    const terminal = await user.startInTerminal(['up', 'web', '--detach']);
    assert.equal((await terminal.end()).status, 0);
    terminal.hangUp();
    const [port] = await user.status();
    assert.equal(await nameAt(t, port?.local.port ?? 0), 'hello');
    const socket = await connectLocally(t, { port: port?.local.port ?? 0, host: '127.0.0.1' });
    socket.destroy();
  });
});

describe('up in a terminal', { timeout: 120_000 }, () => {
  it('shows the ports and their destinations as forward does, and ends them with Ctrl-C', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    const terminal = await user.startInTerminal(['up', 'web']);
    await terminal.screen.until('the row', (text) =>
      /127\.0\.0\.1:\d+ +port 80 .*no answer/.test(text),
    );
    assert.match(terminal.screen.text, /Forwarding web \(Ctrl-C to end\)/);
    terminal.type('\x03');
    const { status, settings } = await terminal.end();
    assert.equal(status, 0);
    assert.equal(settings, terminal.settingsBefore);
    assert.match(terminal.screen.text, /Forwarded web/);
    assert.deepEqual(await user.status(), []);
  });
});
