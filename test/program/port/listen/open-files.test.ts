import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closedLocally, connectLocally, readExactly } from '../support/local-program.ts';
import { openForward } from '../support/port-session.ts';
import { startService } from '../support/target-service.ts';

const LIMIT = 64;
const LINUX_ONLY = process.platform === 'linux' ? {} : { skip: 'only Linux lists the open files' };

describe('a forwarded port under a low limit of open files', LINUX_ONLY, () => {
  it('refuses surplus connections, reports it once, and serves the others', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const { program, localPort } = await openForward(
      t,
      { port: service.port },
      { through: ['/bin/sh', '-c', `ulimit -n ${LIMIT}; exec "$@"`, 'sh'] },
    );
    const to = { host: '127.0.0.1', port: localPort };
    const sockets = await Promise.all(Array.from({ length: LIMIT }, () => connectLocally(t, to)));
    await program.stderr.until('the refusal', (text) => text.includes('ulimit -n'));
    const served = await Promise.all(
      sockets.map(async (socket) => {
        socket.write('a');
        return readExactly(socket, 1).then(
          () => socket,
          () => undefined,
        );
      }),
    );
    const connected = served.filter((socket) => socket !== undefined);
    assert.ok(connected.length > 0 && connected.length < LIMIT, `${connected.length} are served`);
    assert.equal(
      program.stderr.text,
      `Connection refused: the limit of open files allows only ${connected.length} connections. Raise the limit (ulimit -n) and start again.\n`,
    );
    await Promise.all(
      connected.map((socket) => {
        socket.end();
        return closedLocally(socket);
      }),
    );
    const next = await connectLocally(t, to);
    next.write('b');
    assert.equal((await readExactly(next, 1)).toString(), 'b');
    next.end();
    await closedLocally(next);
  });
});
