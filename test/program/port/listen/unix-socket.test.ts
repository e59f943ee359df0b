import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { openPipedSession, type PipedSession } from '../../support/target.ts';
import { bytesOf } from '../support/content.ts';
import { createAnswerReader, sendRequest, startExchangeService } from '../support/exchange.ts';
import { connectLocally, readToEnd } from '../support/local-program.ts';
import { NO_RATE_LIMIT, WAITING } from '../support/port-session.ts';

const PERMISSIONS = 0o777;
const OWNER_READS_AND_WRITES = 0o600;
/** Size of `sun_path` on Linux, with the NUL at its end (unix(7)). */
const PATH_FIELD_BYTES = 108;

/** A path in a directory that is removed when the test ends. */
function socketPath(t: TestContext, name = 'local.sock'): string {
  return join(temporaryDirectory(t), name);
}

async function openSocketSession(t: TestContext, path: string): Promise<PipedSession> {
  const service = await startExchangeService(t, { address: '127.0.0.2' });
  return openPipedSession(
    t,
    {
      document: 'AWS-StartPortForwardingSessionToSocket',
      parameters: {
        host: ['127.0.0.2'],
        portNumber: [String(service.port)],
        localUnixSocket: [path],
      },
    },
    { env: NO_RATE_LIMIT },
  );
}

async function waiting(opened: PipedSession): Promise<PipedSession> {
  await opened.program.stdout.until('the socket', (text) => text.endsWith(WAITING));
  return opened;
}

async function assertRefused({ program, session }: PipedSession, reason: string): Promise<void> {
  assert.deepEqual(await program.end(), { status: 1, signal: null });
  assert.equal(
    program.stdout.text,
    `\nStarting session with SessionId: ${session.sessionId}\n` +
      `Cannot perform start session: ${reason}\n`,
  );
  assert.equal((await session.closed).by, 'flag');
}

describe('a unix socket as the local end', () => {
  it('is printed, and carries data each way', async (t) => {
    const path = socketPath(t);
    const { program, session } = await waiting(await openSocketSession(t, path));
    assert.equal(
      program.stdout.text,
      `\nStarting session with SessionId: ${session.sessionId}\n` +
        `Unix socket ${path} opened for sessionId ${session.sessionId}.\n${WAITING}`,
    );
    const exchange = { up: { seed: 1, bytes: 300_000 }, down: { seed: 2, bytes: 200_000 } };
    const socket = await connectLocally(t, { path });
    const answer = createAnswerReader(exchange);
    const [received] = await Promise.all([readToEnd(socket), sendRequest(socket, exchange)]);
    answer.push(received);
    answer.verify();
  });

  it('is accessible to its owner only', async (t) => {
    const path = socketPath(t);
    await waiting(await openSocketSession(t, path));
    const { mode } = statSync(path);
    assert.equal(mode & PERMISSIONS, OWNER_READS_AND_WRITES);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`is removed after ${signal}`, async (t) => {
      const path = socketPath(t);
      const { program } = await waiting(await openSocketSession(t, path));
      program.kill(signal);
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.ok(!existsSync(path));
    });
  }

  it('is removed after the service has ended the session', async (t) => {
    const path = socketPath(t);
    const { program, session } = await waiting(await openSocketSession(t, path));
    session.terminate();
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.ok(!existsSync(path));
  });

  it('is refused where a file exists, which does not change', async (t) => {
    const path = socketPath(t);
    const before = bytesOf({ seed: 1, bytes: 100 });
    writeFileSync(path, before);
    const refused = await openSocketSession(t, path);
    await assertRefused(refused, `listen unix ${path}: bind: address already in use`);
    assert.deepEqual(readFileSync(path), before);
  });

  it('is refused where the directory does not exist', async (t) => {
    const path = join(socketPath(t, 'nowhere'), 'local.sock');
    await assertRefused(
      await openSocketSession(t, path),
      `listen unix ${path}: bind: no such file or directory`,
    );
  });

  it('is refused when its path is too long, and no file is created', async (t) => {
    const directory = socketPath(t, '');
    const path = join(directory, 'x'.repeat(PATH_FIELD_BYTES - directory.length - 1));
    assert.equal(path.length, PATH_FIELD_BYTES);
    await assertRefused(
      await openSocketSession(t, path),
      `listen unix ${path}: bind: invalid argument ` +
        `(the path has ${PATH_FIELD_BYTES} bytes, the system allows ${PATH_FIELD_BYTES - 1})`,
    );
    assert.ok(!existsSync(path.slice(0, -1)));
  });

  it('may have the longest possible path', async (t) => {
    const directory = socketPath(t, '');
    const path = join(directory, 'x'.repeat(PATH_FIELD_BYTES - directory.length - 2));
    await waiting(await openSocketSession(t, path));
    assert.ok(existsSync(path));
  });
});
