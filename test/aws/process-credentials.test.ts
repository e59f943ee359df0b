import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { homeWith } from './aws-files.ts';
import { FROM_CHAIN, ISSUED, lookUp, refused } from './look-up-process.ts';

test('process: what it prints is taken', async (t) => {
  const printed = {
    Version: 1,
    AccessKeyId: ISSUED.accessKeyId,
    SecretAccessKey: ISSUED.secretAccessKey,
    SessionToken: ISSUED.sessionToken,
    Expiration: new Date(ISSUED.expiration).toISOString(),
  };
  const home = homeWith(t, { printed: JSON.stringify(printed) });
  const process = join(home, 'printed');
  const config = homeWith(t, {
    '.aws/config': `[profile p]\ncredential_process = cat ${process}\n`,
  });
  assert.deepEqual(await lookUp(config, 'p'), FROM_CHAIN);
});

test('process: one that fails is told without its command and what it printed', async (t) => {
  const home = homeWith(t, { fail: '#!/bin/sh\necho "a secret" >&2\nexit 1\n' });
  const script = join(home, 'fail');
  chmodSync(script, 0o700);
  const config = homeWith(t, {
    '.aws/config': `[profile p]\ncredential_process = ${script} --password secret\n`,
  });
  refused(await lookUp(config, 'p'), 'no-credentials', /profile p/, /credential_process/);
});
