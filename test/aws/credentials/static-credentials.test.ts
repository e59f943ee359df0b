import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { readProfileCaBundle, readSharedConfig } from '../../../src/aws/shared-config.ts';
import {
  findCredentialSource,
  type CredentialSource,
} from '../../../src/aws/credentials/static-credentials.ts';
import { silentLogger, type Logger } from '../../../src/logging/logger.ts';
import { homeWith } from '../aws-files.ts';

const IN_ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 'env-secret' };
const FILES = {
  '.aws/credentials': [
    '[default]',
    'aws_access_key_id = AKDEFAULT',
    'aws_secret_access_key = default-secret',
    '[work] # mine',
    'aws_access_key_id=AKWORK',
    'aws_secret_access_key=work-secret',
    'aws_session_token=work-token',
  ].join('\n'),
  '.aws/config': [
    '[profile keys-in-config]',
    'aws_access_key_id = AKCONFIG',
    'aws_secret_access_key = config-secret',
    '[profile region-only]',
    'region = eu-west-1',
    'ca_bundle = ~/company.pem',
    'services = local',
    '[services local]',
    'ssm =',
    '  endpoint_url = http://localhost:1',
    'kms =',
    '  endpoint_url = http://localhost:2',
  ].join('\r\n'),
};

async function sourceFor(
  profile: string,
  env: Record<string, string>,
  logger: Logger = silentLogger,
): Promise<CredentialSource> {
  return findCredentialSource(profile, env, await readSharedConfig(profile, env, logger));
}

function accessKeyIdIn(source: CredentialSource): string {
  return source.kind === 'static' ? source.credentials.accessKeyId : source.kind;
}

it('keys in the environment are taken', async (t) => {
  const env = { HOME: homeWith(t, FILES), ...IN_ENVIRONMENT, AWS_SESSION_TOKEN: 'token' };
  assert.deepEqual(await sourceFor('', env), {
    kind: 'static',
    credentials: {
      accessKeyId: 'AKENV',
      secretAccessKey: 'env-secret',
      sessionToken: 'token',
    },
  });
});

it('half a pair of keys is no pair', async (t) => {
  const env = { HOME: homeWith(t, {}), AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: ' ' };
  assert.deepEqual(await sourceFor('', env), { kind: 'machine' });
});

it('without keys in the environment the default profile counts', async (t) => {
  const env = { HOME: homeWith(t, FILES) };
  assert.equal(accessKeyIdIn(await sourceFor('', env)), 'AKDEFAULT');
});

it('a profile the caller names counts before keys in the environment', async (t) => {
  const env = { HOME: homeWith(t, FILES), ...IN_ENVIRONMENT };
  assert.deepEqual(await sourceFor('work', env), {
    kind: 'static',
    credentials: {
      accessKeyId: 'AKWORK',
      secretAccessKey: 'work-secret',
      sessionToken: 'work-token',
    },
  });
  assert.equal(accessKeyIdIn(await sourceFor('keys-in-config', env)), 'AKCONFIG');
});

it('keys in the environment count before a profile that is named there as well', async (t) => {
  const home = homeWith(t, FILES);
  for (const name of ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']) {
    const env = { HOME: home, [name]: 'work' };
    assert.equal(accessKeyIdIn(await sourceFor('', env)), 'AKWORK');
    assert.equal(accessKeyIdIn(await sourceFor('work', env)), 'AKWORK');
    assert.equal(accessKeyIdIn(await sourceFor('work', { ...env, ...IN_ENVIRONMENT })), 'AKENV');
  }
});

it('AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name the files', async (t) => {
  const home = homeWith(t, {
    'c/onfig': FILES['.aws/config'],
    'c/redentials': FILES['.aws/credentials'],
  });
  const env = {
    HOME: '/nonexistent',
    AWS_CONFIG_FILE: join(home, 'c/onfig'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'c/redentials'),
  };
  assert.equal(accessKeyIdIn(await sourceFor('work', env)), 'AKWORK');
  assert.equal(accessKeyIdIn(await sourceFor('keys-in-config', env)), 'AKCONFIG');
});

it('they are read anew each time', async (t) => {
  const home = homeWith(t, FILES);
  const env = { HOME: home };
  assert.equal(accessKeyIdIn(await sourceFor('work', env)), 'AKWORK');
  const renewed = FILES['.aws/credentials'].replace('AKWORK', 'AKRENEWED');
  writeFileSync(join(home, '.aws/credentials'), renewed);
  assert.equal(accessKeyIdIn(await sourceFor('work', env)), 'AKRENEWED');
});

for (const setting of [
  'role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = default',
  'credential_process = /bin/true',
  'sso_session = company',
  'sso_start_url = https://company.awsapps.com/start',
  'web_identity_token_file = /token',
  'login_session = arn:aws:sts::123456789012:federated-user/x',
]) {
  it(`keys in a profile are not used when it has ${setting.split(' ')[0] ?? ''}, too`, async (t) => {
    const keys = 'aws_access_key_id = AK\naws_secret_access_key = secret\n';
    const env = { HOME: homeWith(t, { '.aws/config': `[profile p]\n${keys}${setting}\n` }) };
    assert.deepEqual(await sourceFor('p', env), { kind: 'profile' });
  });
}

it('the environment can name a source without a profile', async (t) => {
  const home = homeWith(t, {});
  for (const name of [
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ]) {
    assert.deepEqual(await sourceFor('', { HOME: home, [name]: 'x' }), {
      kind: 'environment',
      variable: name,
    });
  }
});

it('with nothing configured only the machine itself is left', async (t) => {
  assert.deepEqual(await sourceFor('', { HOME: homeWith(t, {}) }), { kind: 'machine' });
  const env = { HOME: homeWith(t, FILES) };
  assert.deepEqual(await sourceFor('region-only', env), { kind: 'machine' });
});

it('a named profile that does not exist is an error with its name', async (t) => {
  const env = { HOME: homeWith(t, FILES) };
  assert.deepEqual(await sourceFor('wrok', env), {
    kind: 'no-such-profile',
    profileName: 'wrok',
  });
});

it('keys in the environment count when the named profile has none', async (t) => {
  const env = { HOME: homeWith(t, FILES), ...IN_ENVIRONMENT };
  for (const profile of ['elsewhere', 'region-only']) {
    assert.equal(accessKeyIdIn(await sourceFor(profile, env)), 'AKENV');
  }
});

it('files that cannot be parsed or read count as empty, and that is logged without contents', async (t) => {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  const broken = homeWith(t, {
    '.aws/config': '[profile work]\nsecret-looking garbage',
    '.aws/credentials': 'secret-looking = garbage',
  });
  assert.deepEqual(await sourceFor('', { HOME: broken }, logger), { kind: 'machine' });
  assert.deepEqual(warnings.sort(), [
    `The AWS config file ${broken}/.aws/config cannot be parsed: line 2 is neither a [section] nor a setting: write name = value`,
    `The AWS credentials file ${broken}/.aws/credentials cannot be parsed: line 1 is in no section: put it below a line like [default]`,
  ]);
  warnings.length = 0;

  const directory = homeWith(t, { '.aws/config/file': '' });
  const env = { HOME: directory, AWS_SHARED_CREDENTIALS_FILE: join(directory, 'c') };
  writeFileSync(env.AWS_SHARED_CREDENTIALS_FILE, FILES['.aws/credentials']);
  assert.equal(accessKeyIdIn(await sourceFor('work', env, logger)), 'AKWORK');

  chmodSync(env.AWS_SHARED_CREDENTIALS_FILE, 0o000);
  const source = await sourceFor('', env, logger);
  // The superuser reads everything.
  assert.equal(accessKeyIdIn(source), process.getuid?.() === 0 ? 'AKDEFAULT' : 'machine');
  assert.equal(warnings.length, process.getuid?.() === 0 ? 0 : 1);
});

it('the services section of the profile is found', async (t) => {
  const config = await readSharedConfig('region-only', { HOME: homeWith(t, FILES) }, silentLogger);
  assert.equal(config.services['ssm.endpoint_url'], 'http://localhost:1');
  assert.equal(config.services['kms.endpoint_url'], 'http://localhost:2');
});

it("the profile's ca_bundle may start at the home directory", async (t) => {
  const home = homeWith(t, FILES);
  const path = await readProfileCaBundle('region-only', { HOME: home }, silentLogger);
  assert.equal(path, join(home, 'company.pem'));
  assert.equal(await readProfileCaBundle('work', { HOME: home }, silentLogger), undefined);
});

it('USERPROFILE is the home directory where there is no HOME', async (t: TestContext) => {
  assert.equal(
    accessKeyIdIn(await sourceFor('work', { USERPROFILE: homeWith(t, FILES) })),
    'AKWORK',
  );
});
