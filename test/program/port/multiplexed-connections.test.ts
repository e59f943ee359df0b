import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, fingerprintOfBytes } from './support/content.ts';
import {
  createAnswerReader,
  headOf,
  runExchange,
  startExchangeService,
  type Exchange,
} from './support/exchange.ts';
import { connectLocally, readExactly, readToEnd } from './support/local-program.ts';
import { openForward } from './support/port-session.ts';
import { startService } from './support/target-service.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const NOTHING = { seed: 0, bytes: 0 } as const;
/** Limit of open descriptors of the program, which needs about 40 of them itself. */
const OPEN_FILES_LIMIT = 100;
/** Connections one after another: if some of them leaked a descriptor, none would be left at the end. */
const ONE_AFTER_ANOTHER = 300;

/** Different for each connection, in content and in size. */
function exchangeOf(connection: number): Exchange {
  return {
    up: { seed: connection, bytes: 10 * KIB + 97 * connection },
    down: { seed: 1_000_000 + connection, bytes: 30 * KIB - 89 * connection },
  };
}

describe('connections through a multiplexed port', () => {
  it('200 at once each receive their own bytes', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(t, { port: service.port, agent: { pacing: false } });
    const all = Array.from({ length: 200 }, (_, connection) =>
      runExchange(t, localPort, exchangeOf(connection)),
    );
    await Promise.all(all);
    assert.equal(service.accepted, 200);
  });

  it('200 stay open together, and each is answered by its own peer', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const { localPort, session } = await openForward(t, { port: service.port });
    const sockets = await Promise.all(
      Array.from({ length: 200 }, () => connectLocally(t, { host: '127.0.0.1', port: localPort })),
    );
    await session.until('all dials', () => session.record.targetConnections === 200);
    const answers = await Promise.all(
      sockets.map(async (socket, index) => {
        const question = bytesOf({ seed: index, bytes: 100 + index });
        socket.write(question);
        return (await readExactly(socket, question.length)).equals(question);
      }),
    );
    assert.ok(answers.every((same) => same));
    for (const socket of sockets) socket.resetAndDestroy();
    await session.until('all are closed', () => session.record.targetConnections === 0);
  });

  it('one after another work, many more than may be open, and none leaks', async (t) => {
    const service = await startService(t, (socket) => {
      socket.once('data', (bytes: Buffer) => socket.end(fingerprintOfBytes(bytes)));
    });
    const { localPort, session } = await openForward(
      t,
      { port: service.port },
      { through: ['sh', '-c', `ulimit -n ${OPEN_FILES_LIMIT} && exec "$@"`, 'sh'] },
    );
    for (let connection = 0; connection < ONE_AFTER_ANOTHER; connection++) {
      const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
      const question = Buffer.from(`question ${connection}`);
      socket.write(question);
      const answer = await readToEnd(socket);
      assert.equal(answer.toString(), fingerprintOfBytes(question), `connection ${connection}`);
      socket.end();
    }
    assert.equal(service.accepted, ONE_AFTER_ANOTHER);
    await session.until('all are closed', () => session.record.targetConnections === 0);
  });

  it('prints once that a connection was accepted, with the session', async (t) => {
    const service = await startExchangeService(t);
    const { localPort, program, session } = await openForward(t, { port: service.port });
    await runExchange(t, localPort, exchangeOf(1));
    await runExchange(t, localPort, exchangeOf(2));
    assert.equal(
      program.stdout.text,
      `\nStarting session with SessionId: ${session.sessionId}\n` +
        `Port ${localPort} opened for sessionId ${session.sessionId}.\n` +
        'Waiting for connections...\n' +
        `\nConnection accepted for session [${session.sessionId}]\n`,
    );
    assert.equal(program.stderr.text, '');
  });

  it('a connection whose reader has stopped does not block the others', async (t) => {
    const service = await startExchangeService(t);
    const { localPort } = await openForward(t, { port: service.port, agent: { pacing: false } });
    const slow = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    // Less than the program buffers for slow readers: smux has no window for each stream.
    slow.write(headOf({ up: NOTHING, down: { seed: 1, bytes: 384 * KIB } }));
    await runExchange(t, localPort, exchangeOf(3));
    slow.resetAndDestroy();
  });

  it('loses nothing when a reader resumes after the buffer was full', async (t) => {
    const service = await startExchangeService(t);
    const { localPort, session } = await openForward(t, {
      port: service.port,
      agent: { pacing: false },
    });
    const large: Exchange = { up: NOTHING, down: { seed: 2, bytes: 8 * MIB } };
    const slow = await connectLocally(t, { host: '127.0.0.1', port: localPort });
    slow.write(headOf(large));
    await session.until('more is under way', ({ record }) => record.outputBytes > 3 * MIB);
    const other = runExchange(t, localPort, exchangeOf(4));
    const answer = createAnswerReader(large);
    answer.push(await readToEnd(slow));
    answer.verify();
    await other;
  });
});
