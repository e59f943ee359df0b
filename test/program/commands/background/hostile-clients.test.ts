import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { peakMemory } from '../../support/processes.ts';
import { seeded } from '../../../support/random.ts';
import { startBackgroundUser, type BackgroundUser } from './support/background-user.ts';

const MEBIBYTE = 1024 * 1024;
/** Of the clients of one test together: a runtime, and what all of them may have in memory. */
const MEMORY_LIMIT_BYTES = 400 * MEBIBYTE;

/** A program of the user that speaks to the supervisor itself. */
function client(t: TestContext, user: BackgroundUser): Socket {
  const [name = ''] = readdirSync(user.sockets);
  const socket = connect({ path: join(user.sockets, name), allowHalfOpen: true });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket;
}

async function assertServes(user: BackgroundUser): Promise<void> {
  assert.deepEqual(
    (await user.status()).map(({ name, state }) => [name, state]),
    [['web', 'listening']],
  );
}

describe('a client that breaks the protocol', { timeout: 240_000 }, () => {
  it('is refused, and nothing else happens', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    const envelope = { protocol: 1, version: '1.3.0.0' };
    const lines = [
      'hello',
      '[]',
      'null',
      JSON.stringify({ ...envelope, message: { request: 'constructor' } }),
      JSON.stringify({ ...envelope, message: { request: 'down' } }),
      JSON.stringify({ ...envelope, message: { request: 'up', jobs: [{ name: 7 }] } }),
      JSON.stringify({ protocol: 2, version: '9.0.0.0', message: { request: 'unheard' } }),
      '\0'.repeat(100),
    ];
    for (const line of lines) {
      const socket = client(t, user);
      socket.write(`${line}\n`);
      const answer = await text(socket);
      assert.match(
        answer,
        /^\{"reply":"hello",.*\}\n\{"reply":"refused",.*supervisor-refused/,
        line,
      );
    }
    await assertServes(user);
  });

  it('is refused an up of another version, with what to do, but may end connections', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    const later = { protocol: 2, version: '9.0.0.0' };
    const up = { request: 'up', attached: false, jobs: [], directory: null, env: {} };
    const socket = client(t, user);
    socket.write(`${JSON.stringify({ ...later, message: up })}\n`);
    assert.match(await text(socket), /version 9\.0\.0\.0 sent it.*down --all/);
    const other = client(t, user);
    const down = { request: 'down', names: [], follow: false };
    other.write(`${JSON.stringify({ ...later, message: down })}\n`);
    assert.match(await text(other), /"reply":"down","name":"web"/);
    assert.deepEqual(await user.status(), []);
  });

  it('does not stop the supervisor, nor fill its memory', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    await user.run(['up', 'web', '--detach']);
    const [supervisor = 0] = user.processes('__supervise');
    // Half a line, and then nothing.
    for (let i = 0; i < 8; i++) client(t, user).write('{"protocol":1,');
    // One that never reads what it asks for.
    const deaf = client(t, user);
    const logs = { request: 'logs', names: [], follow: true };
    deaf.write(`${JSON.stringify({ protocol: 1, version: '1.3.0.0', message: logs })}\n`);
    deaf.pause();
    // Bytes without an end.
    await seeded((random) => {
      const socket = client(t, user);
      // No byte of it ends a line.
      const junk = random.bytes(MEBIBYTE).map((byte) => byte | 0x80);
      for (let i = 0; i < 32; i++) socket.write(junk);
    });
    // More than it serves at the same time.
    for (let i = 0; i < 100; i++) client(t, user).destroy();
    await assertServes(user);
    assert.ok(peakMemory(supervisor) < MEMORY_LIMIT_BYTES);
  });
});
