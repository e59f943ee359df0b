import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLocalDials } from '../../../../src/commands/forward/local/local-dials.ts';
import { startService } from '../../../program/port/support/target-service.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

it('connections that are being made when their port is closed fail, which is reported', async (t) => {
  const service = await startService(t, () => undefined);
  const to = { kind: 'tcp', host: '127.0.0.1', port: String(service.port) } as const;
  const dials = createLocalDials(createVirtualClock(), to);
  const ends: string[] = [];
  for (let count = 0; count < 3; count++) {
    dials.dial({
      connected: () => ends.push('connected'),
      failed: (code) => ends.push(code),
    });
  }
  dials.close();
  assert.deepEqual(ends, ['closed', 'closed', 'closed']);
});
