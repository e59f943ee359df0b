import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createContainerApi, createInstanceMetadataApi } from '../local-aws/metadata-api.ts';
import { createSsoApi, type IssuedCredentials } from '../local-aws/sso-api.ts';
import { createStsApi } from '../local-aws/sts-api.ts';
import { createAuthority } from '../network/certificate-authority.ts';
import { listen, serve } from '../network/local-server.ts';
import { temporaryDirectory } from '../network/temporary-directory.ts';
import { startTinyproxy } from '../network/tinyproxy.ts';
import { homeWith } from './aws-files.ts';

const HOUR_MS = 3_600_000;
const ISSUED: IssuedCredentials = {
  accessKeyId: 'ASIAISSUED',
  secretAccessKey: 'issued-secret',
  sessionToken: 'issued-token',
  expiration: Date.now() + HOUR_MS,
};
const FROM_CHAIN = {
  accessKeyId: ISSUED.accessKeyId,
  secretAccessKey: ISSUED.secretAccessKey,
  sessionToken: ISSUED.sessionToken,
  sdkLoaded: true,
};
const SOURCE_KEYS =
  '[source]\naws_access_key_id = AKSOURCE\naws_secret_access_key = source-secret\n';

interface Outcome {
  readonly accessKeyId?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly sdkLoaded: boolean;
}

/** Looks credentials up in a process of its own, because the AWS SDK reads its environment. */
async function lookUp(
  home: string,
  profile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'print-credentials.ts'),
      profile,
    ],
    {
      cwd: home,
      env: { HOME: home, PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true', ...env },
    },
  );
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Outcome;
}

function refused(outcome: Outcome, reason: string, ...words: readonly RegExp[]): void {
  assert.equal(outcome.reason, reason, outcome.message);
  for (const word of words) assert.match(outcome.message ?? '', word);
  assert.doesNotMatch(outcome.message ?? '', /secret|\n/);
}

/** The file in which the AWS CLI leaves a sign-in. */
function signIn(key: string, accessToken: string, expiresAt: number): Record<string, string> {
  const name = createHash('sha1').update(key).digest('hex');
  const contents = { accessToken, expiresAt: new Date(expiresAt).toISOString() };
  return { [`.aws/sso/cache/${name}.json`]: JSON.stringify(contents) };
}

test('environment: keys are found without loading the AWS SDK', async (t) => {
  const env = {
    AWS_ACCESS_KEY_ID: 'AKENV',
    AWS_SECRET_ACCESS_KEY: 'env-secret',
    AWS_SESSION_TOKEN: 'env-token',
  };
  assert.deepEqual(await lookUp(homeWith(t, {}), '', env), {
    accessKeyId: 'AKENV',
    secretAccessKey: 'env-secret',
    sessionToken: 'env-token',
    sdkLoaded: false,
  });
});

test('shared files: keys of a profile are found without loading the AWS SDK', async (t) => {
  const home = homeWith(t, { '.aws/credentials': SOURCE_KEYS });
  assert.deepEqual(await lookUp(home, 'source'), {
    accessKeyId: 'AKSOURCE',
    secretAccessKey: 'source-secret',
    sdkLoaded: false,
  });
});

test('assume role: with the keys of another profile', async (t) => {
  const sts = createStsApi(ISSUED);
  const port = await serve(t, sts.listener);
  const home = homeWith(t, {
    '.aws/credentials': SOURCE_KEYS,
    '.aws/config':
      '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = source\n',
  });
  const env = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` };
  assert.deepEqual(await lookUp(home, 'role', env), FROM_CHAIN);
  assert.deepEqual(sts.calls, [
    {
      operation: 'AssumeRole',
      roleArn: 'arn:aws:iam::123456789012:role/r',
      webIdentityToken: '',
      accessKeyId: 'AKSOURCE',
    },
  ]);
  sts.denyAll();
  refused(await lookUp(home, 'role', env), 'access-denied', /profile role/, /sts:AssumeRole/);
});

test('assume role: one that asks for a one-time password is refused with the reason', async (t) => {
  const home = homeWith(t, {
    '.aws/credentials': SOURCE_KEYS,
    '.aws/config':
      '[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = source\nmfa_serial = arn:aws:iam::1:mfa/m\n',
  });
  refused(await lookUp(home, 'role'), 'no-credentials', /profile role/i, /multi-factor/);
});

test('assume role: with the credentials of the instance', async (t) => {
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
  assert.deepEqual(await lookUp(home, 'role', env), FROM_CHAIN);
  assert.equal(sts.calls[0]?.accessKeyId, 'ASIAINSTANCE');
});

test('web identity: by the profile and by the environment', async (t) => {
  const sts = createStsApi(ISSUED);
  const port = await serve(t, sts.listener);
  const home = homeWith(t, { token: 'web-identity-token' });
  const file = join(home, 'token');
  const config = homeWith(t, {
    '.aws/config': `[profile web]\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = ${file}\n`,
  });
  const endpoint = { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` };
  assert.deepEqual(await lookUp(config, 'web', endpoint), FROM_CHAIN);
  const env = {
    ...endpoint,
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/e',
  };
  assert.deepEqual(await lookUp(home, '', env), FROM_CHAIN);
  assert.deepEqual(
    sts.calls.map((call) => [call.operation, call.roleArn, call.webIdentityToken]),
    [
      ['AssumeRoleWithWebIdentity', 'arn:aws:iam::1:role/w', 'web-identity-token'],
      ['AssumeRoleWithWebIdentity', 'arn:aws:iam::1:role/e', 'web-identity-token'],
    ],
  );
  refused(
    await lookUp(home, '', { ...env, AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'missing') }),
    'no-credentials',
    /missing/,
  );
});

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

for (const [form, key, config] of [
  [
    'with a session',
    'company',
    '[profile p]\nsso_session = company\nsso_account_id = 123456789012\nsso_role_name = Admin\n' +
      '[sso-session company]\nsso_region = eu-west-1\nsso_start_url = https://company.example/start\n',
  ],
  [
    'without a session',
    'https://company.example/start',
    '[profile p]\nsso_start_url = https://company.example/start\nsso_region = eu-west-1\n' +
      'sso_account_id = 123456789012\nsso_role_name = Admin\n',
  ],
] as const) {
  test(`IAM Identity Center ${form}: the sign-in is exchanged for a role's credentials`, async (t) => {
    const sso = createSsoApi('sign-in-token', ISSUED);
    const port = await serve(t, sso.listener);
    const env = { AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${port}` };
    const later = Date.now() + HOUR_MS;
    const home = homeWith(t, { '.aws/config': config, ...signIn(key, 'sign-in-token', later) });
    assert.deepEqual(await lookUp(home, 'p', env), FROM_CHAIN);
    assert.deepEqual(sso.calls, ['123456789012/Admin']);
  });

  test(`IAM Identity Center ${form}: a sign-in that is over is told with the command that helps`, async (t) => {
    const sso = createSsoApi('another-token', ISSUED);
    const port = await serve(t, sso.listener);
    const env = { AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${port}` };
    for (const cache of [
      {},
      signIn(key, 'sign-in-token', Date.now() - HOUR_MS),
      signIn(key, 'refused-token', Date.now() + HOUR_MS),
    ]) {
      const home = homeWith(t, { '.aws/config': config, ...cache });
      refused(await lookUp(home, 'p', env), 'expired-credentials', /aws sso login --profile p/);
    }
  });
}

test('container: the endpoint of the environment is asked with its authorization', async (t) => {
  const container = createContainerApi('container-authorization', ISSUED);
  const port = await serve(t, container.listener);
  const env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-authorization',
  };
  assert.deepEqual(await lookUp(homeWith(t, {}), '', env), FROM_CHAIN);
  assert.deepEqual(container.calls, ['GET /credentials']);
  refused(
    await lookUp(homeWith(t, {}), '', { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong' }),
    'no-credentials',
    /AWS_CONTAINER_CREDENTIALS_FULL_URI/,
  );
});

test('instance: its metadata is asked', async (t) => {
  const metadata = createInstanceMetadataApi(ISSUED);
  const port = await serve(t, metadata.listener);
  const env = {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
  };
  assert.deepEqual(await lookUp(homeWith(t, {}), '', env), FROM_CHAIN);
});

test('instance: metadata that never answers is given up', async (t) => {
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
  refused(await lookUp(homeWith(t, {}), '', env), 'no-credentials');
});

test('nothing anywhere is told as that', async (t) => {
  refused(await lookUp(homeWith(t, {}), ''), 'no-credentials', /environment/, /files/);
});

test('a profile in a circle is told as that', async (t) => {
  const home = homeWith(t, {
    '.aws/config':
      '[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n' +
      '[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n',
  });
  refused(await lookUp(home, 'a'), 'no-credentials', /profile a/, /cycle/);
});

test('the way to the source goes through the proxy, and is verified', async (t) => {
  // Leads to this machine and is not its loopback, which no proxy is asked for.
  const host = '0.0.0.0';
  const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
  const sts = createStsApi(ISSUED);
  const port = await serve(t, sts.listener, authority.issue([`IP:${host}`]));
  const proxy = await startTinyproxy(t);
  const home = homeWith(t, {
    '.aws/credentials': SOURCE_KEYS,
    '.aws/config': '[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = source\n',
  });
  const env = {
    AWS_ENDPOINT_URL_STS: `https://${host}:${port}`,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    AWS_CA_BUNDLE: authority.file,
  };
  assert.deepEqual(await lookUp(home, 'role', env), FROM_CHAIN);
  assert.deepEqual(proxy.requests, [`CONNECT ${host}:${port}`]);
  refused(
    await lookUp(home, 'role', { ...env, AWS_CA_BUNDLE: '' }),
    'tls',
    /0\.0\.0\.0/,
    /"Private Test Root"/,
    /AWS_CA_BUNDLE/,
  );
});
