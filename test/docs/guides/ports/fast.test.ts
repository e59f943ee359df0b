import type { TestContext } from 'node:test';
import { startService } from '../../../program/port/support/target-service.ts';
import { testGuide } from '../../support/guide.ts';

/** The relay connects for itself: the name is that of this machine. */
async function prepare(t: TestContext) {
  const { port } = await startService(t, (socket) => socket.end('hello from behind web-1\n'));
  return { aliases: () => ({ 'db.internal:5432': `localhost:${port}` }) };
}

testGuide('docs/fast.md', { prepare });
