import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { createInstanceMetadataApi } from '../../local-aws/api/credentials/metadata-api.ts';
import { createStsApi } from '../../local-aws/api/credentials/sts-api.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import { NOT_LOOPBACK, serve } from '../../network/local-server.ts';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { homeWith } from '../aws-files.ts';
import { FROM_CHAIN, ISSUED, resolve, refused, SOURCE_KEYS } from './support/resolve-process.ts';
import { needs } from '../../support/require-tools.ts';
import { OPENSSL, TINYPROXY } from '../../support/tools.ts';

it('assume role: with the keys of another profile', async (t) => {
  const sts = createStsApi(ISSUED);
  const port = await serve(t, sts.listener);
  const home = homeWith(t, {
    '.aws/credentials': SOURCE_KEYS,
    '.aws/config':
      '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = source\n',
  });
  const env = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` };
  assert.deepEqual(await resolve(home, 'role', env), FROM_CHAIN);
  assert.deepEqual(sts.calls, [
    {
      operation: 'AssumeRole',
      roleArn: 'arn:aws:iam::123456789012:role/r',
      webIdentityToken: '',
      accessKeyId: 'AKSOURCE',
      serialNumber: '',
      tokenCode: '',
    },
  ]);
  sts.denyAll();
  refused(await resolve(home, 'role', env), 'access-denied', /profile role/, /sts:AssumeRole/);
});

it('assume role: the error for a missing code names the device, and what to do', async (t) => {
  const home = homeWith(t, {
    '.aws/credentials': SOURCE_KEYS,
    '.aws/config':
      '[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = source\nmfa_serial = arn:aws:iam::1:mfa/m\n',
  });
  refused(
    await resolve(home, 'role'),
    'no-credentials',
    /profile role/,
    /arn:aws:iam::1:mfa\/m, and there is no terminal to ask for it\. /,
    /Run this in a terminal .*: `aws sts get-caller-identity --profile role`\.$/,
  );
});

it('assume role: with the credentials of the instance', async (t) => {
  const metadata = createInstanceMetadataApi({ ...ISSUED, accessKeyId: 'ASIAINSTANCE' });
  const sts = createStsApi(ISSUED);
  const stsPort = await serve(t, sts.listener);
  const port = await serve(t, metadata.listener);
  const home = homeWith(t, {
    '.aws/config':
      '[profile role]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Ec2InstanceMetadata\n',
  });
  const env = {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${stsPort}`,
  };
  assert.deepEqual(await resolve(home, 'role', env), FROM_CHAIN);
  assert.equal(sts.calls[0]?.accessKeyId, 'ASIAINSTANCE');
});

it('web identity: by the profile and by the environment', async (t) => {
  const sts = createStsApi(ISSUED);
  const port = await serve(t, sts.listener);
  const home = homeWith(t, { token: 'web-identity-token' });
  const file = join(home, 'token');
  const config = homeWith(t, {
    '.aws/config': `[profile web]\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = ${file}\n`,
  });
  const endpoint = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` };
  assert.deepEqual(await resolve(config, 'web', endpoint), FROM_CHAIN);
  const env = {
    ...endpoint,
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/e',
  };
  assert.deepEqual(await resolve(home, '', env), FROM_CHAIN);
  assert.deepEqual(
    sts.calls.map((call) => [call.operation, call.roleArn, call.webIdentityToken]),
    [
      ['AssumeRoleWithWebIdentity', 'arn:aws:iam::1:role/w', 'web-identity-token'],
      ['AssumeRoleWithWebIdentity', 'arn:aws:iam::1:role/e', 'web-identity-token'],
    ],
  );
  refused(
    await resolve(home, '', { ...env, AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'missing') }),
    'no-credentials',
    /missing/,
  );
});

it('a cycle of profiles is reported as a cycle', async (t) => {
  const home = homeWith(t, {
    '.aws/config':
      '[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n' +
      '[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n',
  });
  refused(await resolve(home, 'a'), 'no-credentials', /profile a/, /cycle/);
});

it(
  'the way to the source goes through the proxy, and is verified',
  needs(OPENSSL, TINYPROXY),
  async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const sts = createStsApi(ISSUED);
    const port = await serve(t, sts.listener, authority.issue([`IP:${NOT_LOOPBACK}`]));
    const proxy = await startTinyproxy(t);
    const home = homeWith(t, {
      '.aws/credentials': SOURCE_KEYS,
      '.aws/config': '[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = source\n',
    });
    const env = {
      AWS_ENDPOINT_URL_STS: `https://${NOT_LOOPBACK}:${port}`,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      AWS_CA_BUNDLE: authority.file,
    };
    assert.deepEqual(await resolve(home, 'role', env), FROM_CHAIN);
    assert.deepEqual(proxy.requests, [`CONNECT ${NOT_LOOPBACK}:${port}`]);
    refused(
      await resolve(home, 'role', { ...env, AWS_CA_BUNDLE: '' }),
      'tls',
      /0\.0\.0\.0/,
      /"Private Test Root"/,
      /AWS_CA_BUNDLE/,
    );
  },
);
