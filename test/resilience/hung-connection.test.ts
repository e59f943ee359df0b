import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { NOT_LOOPBACK } from '../network/local-server.ts';
import { startPiped } from '../program/support/piped-program.ts';
import type { Environment } from '../program/support/program.ts';
import { sixArguments, startSession } from '../program/support/target.ts';
import { startInTerminal } from '../program/support/terminal-program.ts';
import { withDeadline } from '../program/support/transcript.ts';

const EXIT_INTERRUPTED = 130;
const EXIT_TERMINATED = 143;

/** A program that will never get through. */
interface Hanging {
  readonly args: readonly string[];
  readonly env: Environment;
  /** Resolves when it waits for an answer that does not come. */
  readonly hangs: Promise<unknown>;
}

/** Accepts connections, reads what they send and never answers. */
async function startMute(t: TestContext): Promise<{ port: number; received: Promise<unknown> }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', () => server.emit('received'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, received: once(server, 'received') };
}

async function behindHungProxy(t: TestContext): Promise<Hanging> {
  const { port, received } = await startMute(t);
  const { aws, response, request } = await startSession(t);
  const StreamUrl = `wss://${NOT_LOOPBACK}:1/v1/data-channel/${response.SessionId}`;
  return {
    args: sixArguments(aws, { ...response, StreamUrl }, request),
    env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
    hangs: received,
  };
}

async function atHungTls(t: TestContext): Promise<Hanging> {
  const { port, received } = await startMute(t);
  const { aws, response, request } = await startSession(t);
  const StreamUrl = `wss://127.0.0.1:${port}/v1/data-channel/${response.SessionId}`;
  return { args: sixArguments(aws, { ...response, StreamUrl }, request), env: {}, hangs: received };
}

async function atHungUpgrade(t: TestContext): Promise<Hanging> {
  const { port, received } = await startMute(t);
  const { aws, response, request } = await startSession(t);
  const StreamUrl = `ws://127.0.0.1:${port}/v1/data-channel/${response.SessionId}`;
  return { args: sixArguments(aws, { ...response, StreamUrl }, request), env: {}, hangs: received };
}

describe('a program that does not get through', () => {
  const HUNG = [
    ['a hung proxy', behindHungProxy],
    ['a hung TLS handshake', atHungTls],
    ['a hung upgrade', atHungUpgrade],
  ] as const;
  for (const [name, hang] of HUNG) {
    it(`ends at Ctrl-C: ${name}`, async (t) => {
      const { args, env, hangs } = await hang(t);
      const program = await startInTerminal(t, args, { env });
      await withDeadline('the hang', hangs, () => program.screen.text);
      program.type('\x03');
      const settings = program.settingsBefore;
      assert.deepEqual(await program.end(), { status: EXIT_INTERRUPTED, settings });
    });

    it(`ends at SIGTERM: ${name}`, async (t) => {
      const { args, env, hangs } = await hang(t);
      const program = startPiped(t, args, { env });
      await withDeadline('the hang', hangs, () => program.stdout.text);
      program.kill('SIGTERM');
      assert.deepEqual(await program.end(), { status: EXIT_TERMINATED, signal: null });
    });
  }
});
