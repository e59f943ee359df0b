import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { it } from 'node:test';
import { keepRenewed } from '../../../../src/commands/forward/db/connect/keep-renewed.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const MINUTE_MS = 60_000;

it('an IAM token is renewed before its 15 minutes have passed, also after a failure, until it is not needed', async () => {
  const clock = createVirtualClock();
  const warnings: string[] = [];
  let renewals = 0;
  const timer = keepRenewed(clock, { warn: (text) => void warnings.push(text) }, () => {
    renewals++;
    return renewals === 1 ? Promise.reject(new Error('no credentials')) : Promise.resolve();
  });
  clock.advance(9 * MINUTE_MS);
  assert.equal(renewals, 0);
  clock.advance(5 * MINUTE_MS);
  assert.equal(renewals, 1);
  await turn();
  assert.deepEqual(warnings, ['the IAM token was not renewed: no credentials']);
  clock.advance(10 * MINUTE_MS);
  assert.equal(renewals, 2);
  timer.cancel();
  clock.advance(60 * MINUTE_MS);
  assert.equal(renewals, 2);
});
