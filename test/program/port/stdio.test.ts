import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { bytesOf, fingerprintOf, fingerprintOfBytes, type Content } from './support/content.ts';
import { startExchangeService } from './support/exchange.ts';
import { openStdio, runStdioExchange, targetBytes } from './support/stdio-session.ts';
import { closedPort, startService } from './support/target-service.ts';

const MIB = 1024 * 1024;
const ANSWER: Content = { seed: 1, bytes: 300_000 };
/** A parent that keeps running and leaves its stdin to its child. */
const PARENT = ['/bin/sh', '-c', 'exec 3<&0; "$@" <&3 3<&- & wait', 'sh'];

describe('a session whose byte stream is stdin and stdout', () => {
  it('carries 20 MB each way unchanged, after one line of its own', async (t) => {
    const service = await startExchangeService(t);
    const stdio = await openStdio(t, service.port, { agent: { pacing: false } });
    await runStdioExchange(stdio, {
      up: { seed: 2, bytes: 20 * MIB },
      down: { seed: 3, bytes: 20 * MIB },
    });
  });

  it('ends when the target does, without a text of its own', async (t) => {
    const service = await startService(t, (socket) => socket.end('bye'));
    const stdio = await openStdio(t, service.port);
    assert.deepEqual(await stdio.program.end(), { status: 0, signal: null });
    assert.equal(targetBytes(stdio).toString(), 'bye');
    assert.equal(stdio.program.stderr.text, '');
  });

  it('still delivers the answer when its input has ended', async (t) => {
    let asked: (socket: Socket) => void;
    const target = new Promise<Socket>((resolve) => {
      asked = resolve;
    });
    const service = await startService(t, (socket) => {
      socket.once('data', () => asked(socket));
    });
    const env = { SSM_PLUGIN_PING_INTERVAL: '1' };
    const stdio = await openStdio(t, service.port, {}, { env });
    stdio.program.stdin.end('question');
    const socket = await target;
    const { pings } = stdio.session.record;
    await stdio.session.until('two pings', ({ record }) => record.pings >= pings + 2);
    socket.end(bytesOf(ANSWER));
    assert.deepEqual(await stdio.program.end(), { status: 0, signal: null });
    assert.equal(fingerprintOfBytes(targetBytes(stdio)), fingerprintOf(ANSWER));
  });

  it('needs no input at all', async (t) => {
    const service = await startService(t, (socket) => socket.end(bytesOf(ANSWER)));
    const stdin = openSync('/dev/null', 'r');
    const stdio = await openStdio(t, service.port, {}, { stdin });
    closeSync(stdin);
    assert.deepEqual(await stdio.program.end(), { status: 0, signal: null });
    assert.equal(fingerprintOfBytes(targetBytes(stdio)), fingerprintOf(ANSWER));
  });

  it('ends by itself when its input has ended and no answer comes', async (t) => {
    const service = await startService(t, (socket) => socket.resume());
    const stdio = await openStdio(t, service.port);
    stdio.program.stdin.end('question');
    assert.deepEqual(await stdio.program.end(), { status: 0, signal: null });
    assert.equal(targetBytes(stdio).length, 0);
    assert.equal((await stdio.session.closed).by, 'flag');
    assert.equal(stdio.session.record.targetConnections, 0);
  });

  it('ends when the reader of its output has closed', async (t) => {
    const service = await startService(t, (socket) => {
      socket.on('data', () => socket.write('answer'));
    });
    const stdio = await openStdio(t, service.port);
    stdio.program.stdin.write('question');
    const { program } = stdio;
    await program.stdout.until('the answer', (text) => text.endsWith('answer'));
    program.stdoutPipe.destroy();
    program.stdin.write('question');
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.equal((await stdio.session.closed).by, 'flag');
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends on ${signal} with nothing more on stdout`, async (t) => {
      const service = await startService(t, (socket) => socket.write('banner'));
      const stdio = await openStdio(t, service.port);
      await stdio.program.stdout.until('the banner', (text) => text.endsWith('banner'));
      stdio.program.kill(signal);
      assert.deepEqual(await stdio.program.end(), { status: 0, signal: null });
      assert.equal(targetBytes(stdio).toString(), 'banner');
      assert.equal((await stdio.session.closed).by, 'flag');
      assert.equal(stdio.session.record.targetConnections, 0);
    });
  }

  it('ends with its parent', async (t) => {
    const service = await startService(t, (socket) => socket.write('banner'));
    const stdio = await openStdio(t, service.port, {}, { through: PARENT });
    const { program, session } = stdio;
    await program.stdout.until('the banner', (text) => text.endsWith('banner'));
    program.kill('SIGKILL');
    // Its streams are closed when the program has exited, too.
    await program.end();
    assert.equal((await session.closed).by, 'flag');
    assert.equal(targetBytes(stdio).toString(), 'banner');
  });

  it('does not begin when the target cannot be reached, and prints the reason on stderr', async (t) => {
    const stdio = await openStdio(t, await closedPort(t));
    await stdio.program.end();
    const { output } = await stdio.session.closed;
    assert.match(output, /^Unable to connect to specified port: /);
    assert.equal(targetBytes(stdio).length, 0);
    assert.ok(stdio.program.stderr.text.includes(output), stdio.program.stderr.text);
  });

  it('waits for a reader that has stopped, and loses nothing', async (t) => {
    const large: Content = { seed: 4, bytes: 6 * MIB };
    const service = await startService(t, (socket) => socket.end(bytesOf(large)));
    const stdio = await openStdio(t, service.port, { agent: { pacing: false } });
    const { program, session } = stdio;
    program.stdoutPipe.pause();
    await session.until('more is under way', ({ record }) => record.outputBytes > 3 * MIB);
    program.stdoutPipe.resume();
    await program.end();
    assert.equal(fingerprintOfBytes(targetBytes(stdio)), fingerprintOf(large));
  });
});
