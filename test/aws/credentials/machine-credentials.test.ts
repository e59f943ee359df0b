import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { it } from 'node:test';
import {
  createContainerApi,
  createInstanceMetadataApi,
} from '../../local-aws/api/credentials/metadata-api.ts';
import { listen, serve } from '../../network/local-server.ts';
import { homeWith } from '../aws-files.ts';
import { FROM_CHAIN, ISSUED, resolve, refused } from './support/resolve-process.ts';

it('container: the endpoint of the environment is requested with its authorization', async (t) => {
  const container = createContainerApi('container-authorization', ISSUED);
  const port = await serve(t, container.listener);
  const env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-authorization',
  };
  assert.deepEqual(await resolve(homeWith(t, {}), '', env), FROM_CHAIN);
  assert.deepEqual(container.calls, ['GET /credentials']);
  refused(
    await resolve(homeWith(t, {}), '', { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong' }),
    'no-credentials',
    /AWS_CONTAINER_CREDENTIALS_FULL_URI/,
  );
});

it('instance: its metadata is read', async (t) => {
  const metadata = createInstanceMetadataApi(ISSUED);
  const port = await serve(t, metadata.listener);
  const env = {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
  };
  assert.deepEqual(await resolve(homeWith(t, {}), '', env), FROM_CHAIN);
});

it('instance: metadata that never answers is given up', async (t) => {
  const port = await listen(
    t,
    createServer((socket) => {
      socket.on('error', () => undefined).resume();
      t.after(() => socket.destroy());
    }),
  );
  const env = {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
  };
  refused(await resolve(homeWith(t, {}), '', env), 'no-credentials');
});

it('an error without any credentials has the commands that make some', async (t) => {
  refused(
    await resolve(homeWith(t, {}), ''),
    'no-credentials',
    /^No AWS credentials found\. Run `aws configure` or `aws sso login`, or pass --profile NAME\.$/,
  );
});
