import assert from 'node:assert/strict';
import { it } from 'node:test';
import { homeWith } from '../aws-files.ts';
import { resolve, SOURCE_KEYS } from './support/resolve-process.ts';

it('environment: keys are found without loading the AWS SDK', async (t) => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKENV',
    AWS_SECRET_ACCESS_KEY: 'env-secret',
    AWS_SESSION_TOKEN: 'env-token',
  };
  assert.deepEqual(await resolve(homeWith(t, {}), '', env), {
    accessKeyId: 'AKENV',
    secretAccessKey: 'env-secret',
    sessionToken: 'env-token',
    sdkLoaded: false,
  });
});

it('shared files: keys of a profile are found without loading the AWS SDK', async (t) => {
  const home = homeWith(t, { '.aws/credentials': SOURCE_KEYS });
  assert.deepEqual(await resolve(home, 'source'), {
    accessKeyId: 'AKSOURCE',
    secretAccessKey: 'source-secret',
    sdkLoaded: false,
  });
});
