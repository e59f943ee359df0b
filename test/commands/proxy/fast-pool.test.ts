import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createSocketPair } from '../../../src/commands/proxy/http/socket-pair.ts';
import { createFastPool, type FastPlace } from '../../../src/commands/proxy/fast/fast-pool.ts';
import { IDLE_SESSION_MS } from '../../../src/commands/proxy/pool/pool.ts';
import type { SharedTunnel } from '../../../src/cli/tunnel/tunnel-keeper.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import type { LocalSocket } from '../../../src/session/port/connection/local-socket.ts';
import { settle } from '../../session/connection/scripted-sockets.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** A tunnel of the test, whose streams stay as they are. */
interface Opened {
  isReleased: boolean;
  lose(): void;
}

it('an idle tunnel is ended, whatever a client of a lost one does', async (t) => {
  const clock = createVirtualClock();
  const tunnels: Opened[] = [];
  const keeper = {
    pace: { succeeded: () => undefined, failed: () => undefined, pauseMs: () => 0 },
    use() {
      const { promise: ended, resolve } = createDeferred<Error>();
      const opened: Opened = {
        isReleased: false,
        lose: () => resolve(new Error('the tunnel is lost')),
      };
      tunnels.push(opened);
      const stream = { write: () => undefined, queued: () => 0, end: () => undefined };
      const tunnel = {
        ended,
        follow: () => () => undefined,
        isConnected: () => true,
        load: () => 0,
        open: () => ({ ...stream, reset: () => undefined, taken: () => undefined }),
      } as unknown as SharedTunnel;
      return {
        opened: Promise.resolve(tunnel),
        release() {
          opened.isReleased = true;
          return Promise.resolve();
        },
      };
    },
  } satisfies FastPlace['keeper'];
  const pool = createFastPool({
    clock,
    hasPeerClosed: () => Promise.resolve(false),
    target: 'web',
    on: { kind: 'tcp', port: 1080, addresses: ['127.0.0.1'] },
    report: () => undefined,
    places: [{ keeper, use: keeper.use() }],
    reportError: () => undefined,
  });
  t.after(() => pool.close());
  const connect = async (): Promise<LocalSocket> => {
    const [, socket] = createSocketPair();
    const nothing = (): void => undefined;
    pool.connect(
      { socket, accept: nothing, refuse: nothing, reset: nothing },
      { host: 'a', port: 80 },
    );
    await settle();
    return socket;
  };
  const leftOver = await connect();
  tunnels[0]?.lose();
  await settle();
  assert.equal(leftOver.destroyed, false);
  const next = await connect();
  next.destroy();
  await settle();
  clock.advance(IDLE_SESSION_MS);
  await settle();
  assert.deepEqual(
    tunnels.map(({ isReleased }) => isReleased),
    [true, true],
  );
});
