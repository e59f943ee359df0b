import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { startPiped, type PipedProgram } from '../support/piped-program.ts';
import { TARGET } from '../support/target.ts';

interface Setup {
  readonly program: PipedProgram;
  /** The StartSession call, which nobody has answered yet. */
  readonly starting: ServerResponse;
  /** The operations that were called so far. */
  readonly operations: readonly string[];
}

/** Starts the program on a service that takes its time to answer StartSession. */
async function startUnanswered(t: TestContext): Promise<Setup> {
  const operations: string[] = [];
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']);
    operations.push(operation);
    if (operation === 'AmazonSSM.StartSession') server.emit('starting', response);
    else response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const called = once(server, 'starting') as Promise<[ServerResponse]>;
  const program = startPiped(t, ['shell', TARGET], {
    env: { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
  });
  const [starting] = await called;
  return { program, starting, operations };
}

describe('Ctrl-C while a session is being started', () => {
  it('ends the session that comes nevertheless, and exits with 130', async (t) => {
    const { program, starting, operations } = await startUnanswered(t);
    program.kill('SIGINT');
    starting.end(
      JSON.stringify({ SessionId: 'user-1', TokenValue: 'token', StreamUrl: 'ws://127.0.0.1:9/' }),
    );
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    assert.equal(program.stdout.text, '');
    assert.deepEqual(operations, ['AmazonSSM.StartSession', 'AmazonSSM.TerminateSession']);
  });

  it('does not wait for a service that never answers', async (t) => {
    const { program } = await startUnanswered(t);
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    assert.equal(program.stdout.text, '');
    assert.equal(program.stderr.text, '');
  });

  it('exits with 143 at SIGTERM', async (t) => {
    const { program } = await startUnanswered(t);
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
  });
});
