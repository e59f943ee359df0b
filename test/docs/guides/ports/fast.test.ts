import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { startService } from '../../../program/port/support/target-service.ts';
import { testGuide } from '../../support/guide.ts';

/** The relay connects for itself: the name is that of this machine. */
async function prepare(t: TestContext) {
  const greet = (socket: Socket): void => void socket.end('hello from behind web-1\n');
  const { port } = await startService(t, greet);
  const path = join(temporaryDirectory(t), 'app.sock');
  const server = createServer(greet);
  t.after(() => server.close());
  server.listen(path);
  await once(server, 'listening');
  return {
    aliases: () => ({
      'db.internal:5432': `localhost:${port}`,
      '/run/app.sock': path,
      '10.0.0.2:53/udp': `127.0.0.1:${port}/udp`,
    }),
  };
}

testGuide('docs/fast.md', { prepare });
