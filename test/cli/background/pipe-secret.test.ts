import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { pipeSecret } from '../../../src/cli/background/pipe-secret.ts';
import { pipePlace, type BackgroundPlace } from '../../../src/cli/background/place.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A place as on Windows, on a socket of this system, which is as easy to reach as a pipe there. */
function place(directory: string, user: string): BackgroundPlace {
  return pipePlace(join(directory, 'pipe'), join(directory, user, 'secret'), systemClock);
}

/** A server on the place, which answers programs that it admits. */
async function serve(t: TestContext, own: BackgroundPlace): Promise<Server> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    void own.admits(socket).then((isAdmitted) => {
      if (!isAdmitted) socket.destroy();
      socket.once('data', (sent) => socket.end(`got ${sent.toString()}`));
      socket.resume();
    });
  });
  t.after(() => server.close());
  assert.equal(await own.claim(server), true);
  return server;
}

describe('a named pipe of the supervisor', () => {
  it('serves programs that can read the secret, with what they have sent at once', async (t) => {
    const directory = temporaryDirectory(t);
    await serve(t, place(directory, 'me'));
    const socket = await place(directory, 'me').connect();
    assert.ok(socket !== undefined);
    socket.write('request');
    assert.equal(await text(socket), 'got request');
  });

  it('has one server', async (t) => {
    const directory = temporaryDirectory(t);
    await serve(t, place(directory, 'me'));
    assert.equal(await place(directory, 'me').claim(createServer()), false);
  });

  it('is refused by the program when another user has made it', async (t) => {
    const directory = temporaryDirectory(t);
    await serve(t, place(directory, 'intruder'));
    await assert.rejects(place(directory, 'me').connect(), { code: 'supervisor-unreachable' });
  });

  it('is refused to a program that only repeats what it has received', async (t) => {
    const directory = temporaryDirectory(t);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    t.after(() => server.close());
    assert.equal(await place(directory, 'me').claim(server), true);
    await assert.rejects(place(directory, 'me').connect(), { code: 'supervisor-unreachable' });
  });

  it('makes one secret of 32 bytes, also for several programs at once', async (t) => {
    const directory = temporaryDirectory(t);
    const file = join(directory, 'new', 'secret');
    const secrets = await Promise.all([1, 2, 3, 4, 5].map(() => pipeSecret(file)));
    for (const secret of secrets) assert.deepEqual(secret, readFileSync(file));
    assert.equal(secrets[0]?.length, 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(directory, 'new')), ['secret']);
  });

  it('is none when no process listens', async (t) => {
    assert.equal(await place(temporaryDirectory(t), 'me').connect(), undefined);
  });
});
