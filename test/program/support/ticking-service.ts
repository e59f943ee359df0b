import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { connectLocally } from '../port/support/local-program.ts';
import { startService, type TargetService } from '../port/support/target-service.ts';

const TICK_EVERY_MS = 50;
/** As many ticks take several times as long as a program leaves its parent unwatched. */
const TICKS = 20;

/** A service that sends a byte again and again. */
export function startTicking(t: TestContext): Promise<TargetService> {
  return startService(t, (socket) => {
    const timer = setInterval(() => socket.write('.'), TICK_EVERY_MS);
    socket.on('close', () => clearInterval(timer));
  });
}

/** Resolves when a forwarded port has carried bytes of {@link startTicking} for some time. */
export async function stillForwards(t: TestContext, port: number): Promise<void> {
  const socket = await connectLocally(t, { host: '127.0.0.1', port });
  for (let ticks = 0; ticks < TICKS;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    ticks += bytes.length;
  }
  socket.destroy();
}
