import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { CURL } from '../../../support/tools.ts';
import { sessionPreferences } from '../../../local-aws/local-aws.ts';
import {
  closedLocally,
  connectLocally,
  readExactly,
  readToEnd,
} from '../../port/support/local-program.ts';
import { closedPort, startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';
import { pathWithoutInterpreters } from '../support/path-without.ts';
import { startNamedHttp, startProxy } from './support/proxied.ts';
import { LOCALHOST } from '../../../support/localhost.ts';

const ALLOW_ALL = ['--allow', '*'];
const FAST = ['--fast', ...ALLOW_ALL];
/** Bytes of a reply of SOCKS 5 with an IPv4 address (RFC 1928, section 6). */
const REPLY_BYTES = 10;

/** Asks a proxy for a connection by SOCKS 5. @returns the code of its reply, and the connection */
async function socks(
  t: TestContext,
  proxy: number,
  host: string,
  port: number,
): Promise<{ readonly code: number | undefined; readonly socket: Socket }> {
  const socket = await connectLocally(t, { port: proxy, host: '127.0.0.1' });
  const name = Buffer.from(host);
  socket.write(Buffer.from([5, 1, 0]));
  await readExactly(socket, 2);
  socket.write(
    Buffer.concat([
      Buffer.from([5, 1, 0, 3, name.length]),
      name,
      Buffer.from([port >> 8, port & 0xff]),
    ]),
  );
  const reply = await readExactly(socket, REPLY_BYTES);
  return { code: reply[1], socket };
}

/** Asks a proxy for a connection by CONNECT. @returns its answer up to its end */
async function connectAnswer(t: TestContext, proxy: number, authority: string): Promise<string> {
  const socket = await connectLocally(t, { port: proxy, host: '127.0.0.1' });
  socket.end(`CONNECT ${authority} HTTP/1.1\r\n\r\n`);
  return (await readToEnd(socket)).toString();
}

describe('proxy --fast', { timeout: 240_000, ...needs(LOCALHOST) }, () => {
  it(
    'carries the connections to all destinations through two command sessions',
    needs(CURL),
    async (t) => {
      const ports = [await startNamedHttp(t, 'one'), await startNamedHttp(t, 'two')];
      const { curl, program, target } = await startProxy(t, {}, { args: FAST });
      for (const [index, name] of ['one', 'two'].entries()) {
        const url = `http://127.0.0.1:${ports[index] ?? 0}/path`;
        const expected = `${name} 127.0.0.1:${ports[index] ?? 0} /path\n`;
        for (const option of ['--proxy', '--socks5-hostname', '--socks4a']) {
          assert.equal((await curl(option, url)).stdout, expected);
        }
        assert.equal((await curl('--proxy', '--proxytunnel', url)).stdout, expected);
      }
      assert.deepEqual(
        target.aws.sessions.map(({ request }) => request.DocumentName),
        ['AWS-StartInteractiveCommand', 'AWS-StartNonInteractiveCommand'],
      );
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      for (const session of target.aws.sessions) await session.closed;
    },
  );

  it('replies as soon as the destination is connected, also to a client that waits for it', async (t) => {
    const silent = await startService(t, (socket) => {
      socket.on('data', (bytes: Buffer) => socket.end(bytes));
    });
    const { port } = await startProxy(t, {}, { args: FAST });
    const { code, socket } = await socks(t, port, '127.0.0.1', silent.port);
    assert.equal(code, 0);
    assert.equal(silent.connections.size, 1);
    socket.end('after the reply');
    assert.equal((await readToEnd(socket)).toString(), 'after the reply');
  });

  it('replies why the target cannot connect', async (t) => {
    const closed = await closedPort(t);
    const { port, program } = await startProxy(t, {}, { args: FAST });
    assert.equal((await socks(t, port, '127.0.0.1', closed)).code, 5);
    assert.equal((await socks(t, port, 'no-such-host.invalid', 80)).code, 4);
    assert.match(
      await connectAnswer(t, port, `127.0.0.1:${closed}`),
      /^HTTP\/1\.1 502 Bad Gateway\r\n[^]*cannot connect to 127\.0\.0\.1:\d+: nothing listens there\. /,
    );
    assert.match(
      await connectAnswer(t, port, 'no-such-host.invalid:80'),
      /^HTTP\/1\.1 502 [^]*: its name has no address\. /,
    );
    await program.stderr.until('the failures', (text) =>
      text.includes(`127.0.0.1:${closed}: ${TARGET} cannot connect to it`),
    );
  });

  it('refuses the metadata of the target, whatever form it is asked for in', async (t) => {
    const { port } = await startProxy(t, {}, { args: FAST });
    for (const host of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254']) {
      assert.equal((await socks(t, port, host, 80)).code, 2, host);
    }
    assert.match(await connectAnswer(t, port, 'instance-data.ec2.internal:80'), /^HTTP\/1\.1 403 /);
  });

  it('resets its clients when a session ends, and serves the next one by another tunnel', async (t) => {
    const echo = await startService(t, (socket) => socket.pipe(socket));
    const { port, target, program } = await startProxy(t, {}, { args: FAST });
    const { socket } = await socks(t, port, '127.0.0.1', echo.port);
    socket.write('before');
    assert.equal((await readExactly(socket, 6)).toString(), 'before');
    const closed = closedLocally(socket);
    target.aws.sessions[0]?.terminate();
    await closed;
    const next = await socks(t, port, '127.0.0.1', echo.port);
    assert.equal(next.code, 0);
    next.socket.end('after');
    assert.equal((await readToEnd(next.socket)).toString(), 'after');
    assert.equal(target.aws.sessions.length, 4);
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    for (const session of target.aws.sessions) await session.closed;
  });

  it('shares the connections among --sessions pairs, and goes on when one of them ends', async (t) => {
    const echo = await startService(t, (socket) => socket.pipe(socket));
    const { port, target, program } = await startProxy(
      t,
      {},
      { args: [...FAST, '--sessions', '3'] },
    );
    const { sessions } = target.aws;
    assert.equal(sessions.length, 6);
    const connected = async (text: string): Promise<Socket> => {
      const { code, socket } = await socks(t, port, '127.0.0.1', echo.port);
      assert.equal(code, 0);
      socket.write(text);
      assert.equal((await readExactly(socket, text.length)).toString(), text);
      return socket;
    };
    // Each on the pair that carries the least.
    const first = await connected('first');
    const second = await connected('second');
    const third = await connected('third');
    const closed = closedLocally(first);
    sessions[0]?.terminate();
    await closed;
    for (const socket of [second, third]) {
      socket.end('still');
      assert.equal((await readToEnd(socket)).toString(), 'still');
    }
    await connected('next');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    for (const session of sessions) await session.closed;
  });

  it('refuses --sessions without --fast', async (t) => {
    const target = await startCommandTarget(t);
    const run = await outcomeOf(startCommand(t, target, ['proxy', TARGET, '0', '--sessions', '2']));
    assert.match(run.stderr, /--sessions needs --fast\./);
    assert.equal(run.status, 255);
    assert.deepEqual(target.aws.sessions, []);
  });

  it('serves a program beside it, and ends with it', needs(CURL), async (t) => {
    const http = await startNamedHttp(t, 'one');
    const target = await startCommandTarget(t);
    const run = await outcomeOf(
      startCommand(t, target, [
        ...['proxy', TARGET, ...FAST, '--exec', '--'],
        ...['curl', '--silent', '--noproxy', '', `http://127.0.0.1:${http}/`],
      ]),
    );
    assert.deepEqual(run, { status: 0, stdout: `one 127.0.0.1:${http} /\n`, stderr: '' });
    for (const session of target.aws.sessions) await session.closed;
  });

  it(
    'fails at once where there can be no tunnel, and uses ports with --fast=auto',
    needs(CURL),
    async (t) => {
      const environment = { PATH: pathWithoutInterpreters(t) };
      const options = { agent: { environment }, args: ['--fast=auto'] };
      const http = await startNamedHttp(t, 'one');
      const { curl, program, target } = await startProxy(t, { 'one.internal': http }, options);
      assert.match(
        program.stderr.text,
        /neither Python .* The ports of the agent are used instead\.\n/,
      );
      assert.equal((await curl('--proxy', 'http://one.internal/')).stdout, 'one one.internal /\n');
      const failed = await outcomeOf(startCommand(t, target, ['proxy', TARGET, '0', '--fast']));
      assert.equal(failed.status, 255);
      assert.equal(failed.stdout, '');
      assert.match(
        failed.stderr,
        /^session-manager-plugin: The target has neither Python 3\.6 nor/,
      );
    },
  );

  it('starts nothing where the account logs sessions', async (t) => {
    const target = await startCommandTarget(t, {
      documents: { 'SSM-SessionManagerRunShell': sessionPreferences({ s3BucketName: 'logs' }) },
    });
    const failed = await outcomeOf(startCommand(t, target, ['proxy', TARGET, '0', '--fast']));
    assert.equal(failed.status, 255);
    assert.match(failed.stderr, /logs sessions to the S3 bucket logs: .* add --allow-logged\.\n$/);
    assert.equal(target.aws.sessions.length, 0);
  });
});
