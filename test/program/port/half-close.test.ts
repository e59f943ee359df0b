import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { startCommandPiped } from '../support/piped-program.ts';
import { bytesOf, fingerprintOf, fingerprintOfBytes, type Content } from './support/content.ts';
import { connectLocally, readExactly, readToEnd } from './support/local-program.ts';
import { openForward, type Forward } from './support/port-session.ts';
import { startService } from './support/target-service.ts';
import { needs } from '../../support/require-tools.ts';
import { NETCAT } from '../../support/tools.ts';

const QUESTION: Content = { seed: 1, bytes: 200_000 };
const ANSWER: Content = { seed: 2, bytes: 300_000 };
/** One after another: if each end were delayed for an answer, all would be open at once. */
const GOODBYES = 100;
/** The request of another connection, which is answered at once. */
const PROBE = 'probe';

interface SlowAnswer extends Forward {
  /** Resolves with the connection that has sent the whole request. */
  readonly asked: Promise<Socket>;
}

/** A service that reads the request and leaves the answer to the test. */
async function openSlowAnswer(t: TestContext): Promise<SlowAnswer> {
  let resolveAsked: (socket: Socket) => void;
  const asked = new Promise<Socket>((resolve) => {
    resolveAsked = resolve;
  });
  const service = await startService(t, (socket) => {
    const received: Buffer[] = [];
    let size = 0;
    socket.on('data', (bytes: Buffer) => {
      if (size === 0 && bytes.toString() === PROBE) {
        socket.end(PROBE);
        return;
      }
      received.push(bytes);
      size += bytes.length;
      if (size !== QUESTION.bytes) return;
      assert.equal(fingerprintOfBytes(Buffer.concat(received)), fingerprintOf(QUESTION));
      resolveAsked(socket);
    });
  });
  const forward = await openForward(t, { port: service.port });
  return { ...forward, asked };
}

/**
 * Another connection is opened, used and closed: by then the program has sent all messages about the
 * previous one. `fin-delay.test.ts` shows with a virtual clock how long an end is delayed.
 */
async function probe(t: TestContext, { localPort }: Forward): Promise<void> {
  const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
  socket.write(PROBE);
  assert.equal((await readToEnd(socket)).toString(), PROBE);
}

describe('a local program that ends its sending direction', () => {
  it('gets an answer that comes later', async (t) => {
    const forward = await openSlowAnswer(t);
    const socket = await connectLocally(t, { host: '127.0.0.1', port: forward.localPort });
    const answer = readToEnd(socket);
    socket.end(bytesOf(QUESTION));
    await once(socket, 'finish');
    const target = await forward.asked;
    await probe(t, forward);
    target.end(bytesOf(ANSWER));
    assert.equal(fingerprintOfBytes(await answer), fingerprintOf(ANSWER));
  });

  it('gets its answer when it is netcat with -N', needs(NETCAT), async (t) => {
    const forward = await openSlowAnswer(t);
    const netcat = startCommandPiped(t, [
      NETCAT.program,
      '-N',
      '127.0.0.1',
      String(forward.localPort),
    ]);
    netcat.stdin.end(bytesOf(QUESTION));
    const target = await forward.asked;
    await probe(t, forward);
    target.end(bytesOf(ANSWER));
    assert.deepEqual(await netcat.end(), { status: 0, signal: null });
    assert.equal(fingerprintOfBytes(netcat.stdout.bytes), fingerprintOf(ANSWER));
  });

  it('receives an answer when it sends nothing at all', async (t) => {
    const service = await startService(t, (socket) => socket.end(bytesOf(ANSWER)));
    const { localPort } = await openForward(t, { port: service.port });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    const answer = readToEnd(socket);
    socket.end();
    assert.equal(fingerprintOfBytes(await answer), fingerprintOf(ANSWER));
  });
});

describe('a local program that sends its last message and closes', () => {
  const KNOWS = process.platform === 'linux' ? {} : { skip: 'only Linux can tell it for certain' };

  it('is not mistaken for one that waits for an answer', KNOWS, async (t) => {
    let open = 0;
    let most = 0;
    const service = await startService(t, (socket) => {
      most = Math.max(most, ++open);
      socket.on('end', () => open--);
      // It answers a request, not a last message, and does not end by itself.
      socket.once('data', () => socket.write('answer'));
    });
    const { localPort, session } = await openForward(t, { port: service.port });
    for (let i = 0; i < GOODBYES; i++) {
      const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
      socket.write('question');
      await readExactly(socket, 'answer'.length);
      socket.write('goodbye');
      socket.destroySoon();
    }
    await session.until('all are closed', ({ record }) => record.targetConnections === 0);
    assert.ok(most < GOODBYES, `${most} of ${GOODBYES} at once`);
  });
});

describe('a target that ends its sending direction', () => {
  it('has all earlier bytes delivered', async (t) => {
    const service = await startService(t, (socket) => socket.end(bytesOf(ANSWER)));
    const { localPort } = await openForward(t, { port: service.port });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    assert.equal(fingerprintOfBytes(await readToEnd(socket)), fingerprintOf(ANSWER));
  });

  it('ends the local connection even if the local program has not', async (t) => {
    const service = await startService(t, (socket) => socket.end('bye'));
    const { localPort, session } = await openForward(t, { port: service.port });
    const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    assert.equal((await readToEnd(socket)).toString(), 'bye');
    await session.until('it is closed', ({ record }) => record.targetConnections === 0);
  });
});
