import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

const LOOPBACK = '127.0.0.1';

/** A TCP relay whose connections can go dead without a close, as if a firewall dropped them. */
export interface StallingRelay {
  readonly port: number;
  /** From now on nothing is forwarded in either direction, and no connection is closed. */
  stall(): void;
}

/** Forwards connections to a port of this machine until the test ends. */
export async function startStallingRelay(
  t: TestContext,
  targetPort: number,
): Promise<StallingRelay> {
  const sockets = new Set<Socket>();
  let stalled = false;
  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    // What arrives is read and dropped: the sender's system sees it acknowledged.
    from.on('data', (bytes) => {
      if (!stalled) to.write(bytes);
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      if (!stalled) to.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(targetPort, LOOPBACK);
    forward(near, far);
    forward(far, near);
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    stall() {
      stalled = true;
    },
  };
}
