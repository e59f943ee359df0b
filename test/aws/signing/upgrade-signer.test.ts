import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { AwsError } from '../../../src/aws/sdk/aws-error.ts';
import type { AwsCredentials } from '../../../src/aws/credentials/credentials.ts';
import {
  createUpgradeSigner,
  type UpgradeSigner,
} from '../../../src/aws/signing/upgrade-signer.ts';
import { silentLogger, type Logger } from '../../../src/logging/logger.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { homeWith } from '../aws-files.ts';
import { testFailure } from '../../support/test-failure.ts';

const URL_OF_AWS = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/x?role=y';
const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'the-secret-key',
  sessionToken: 'the-session-token',
};

interface Signing {
  readonly sign: UpgradeSigner;
  readonly logged: readonly string[];
  /** How often credentials were resolved. */
  readonly resolutions: () => number;
}

function signing(
  t: TestContext,
  env: Readonly<Record<string, string>>,
  credentials: () => Promise<AwsCredentials> = () => Promise.resolve(CREDENTIALS),
  endpoint = '',
): Signing {
  const logged: string[] = [];
  const log = (message: string): void => {
    logged.push(message);
  };
  const logger: Logger = { ...silentLogger, info: log, warn: log, error: log, debug: log };
  let resolutions = 0;
  const sign = createUpgradeSigner(
    {
      region: 'eu-west-1',
      profile: '',
      endpoint,
      env: { HOME: homeWith(t, {}), ...env },
      logger,
      clock: createVirtualClock(),
    },
    {
      credentials: () => {
        resolutions++;
        return credentials();
      },
    },
  );
  return { sign, logged, resolutions: () => resolutions };
}

it('the upgrade to a host of AWS is signed, and the log does not learn with what', async (t) => {
  const { sign, logged } = signing(t, {});
  const headers = await sign(URL_OF_AWS);
  assert.match(headers['authorization'] ?? '', /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
  assert.equal(headers['x-amz-security-token'], CREDENTIALS.sessionToken);
  assert.ok(!logged.join('\n').includes('the-s'));
});

it('credentials are resolved anew for each connection', async (t) => {
  let turn = 0;
  const { sign } = signing(t, {}, () =>
    Promise.resolve({ ...CREDENTIALS, accessKeyId: `AK${++turn}` }),
  );
  assert.match((await sign(URL_OF_AWS))['authorization'] ?? '', /Credential=AK1\//);
  assert.match((await sign(URL_OF_AWS))['authorization'] ?? '', /Credential=AK2\//);
});

for (const [what, url, env] of [
  ['a URL that carries a signature', `${URL_OF_AWS}&X-Amz-Signature=abc`, {}],
  ['a host that is not of AWS', 'wss://gateway.example/x', {}],
  ['a connection that is refused', 'ws://gateway.example/x', {}],
  ['SSM_PLUGIN_SKIP_CLIENT_CONFIGURE', URL_OF_AWS, { SSM_PLUGIN_SKIP_CLIENT_CONFIGURE: 'true' }],
] as const) {
  it(`for ${what} no credentials are resolved`, async (t) => {
    const { sign, logged, resolutions } = signing(t, env);
    assert.deepEqual(await sign(url), {});
    assert.equal(resolutions(), 0);
    assert.equal(logged.length, 1);
  });
}

it('the host of the configured endpoint is signed for', async (t) => {
  const env = { AWS_ENDPOINT_URL_SSM: 'https://ssm.corp.example' };
  assert.ok('authorization' in (await signing(t, env).sign('wss://ssm.corp.example/x')));
  const caller = signing(t, {}, undefined, 'https://ssm.corp.example');
  assert.ok('authorization' in (await caller.sign('wss://ssm.corp.example/x')));
});

it('without credentials that is logged, and the connection is tried unsigned', async (t) => {
  const failing = signing(t, {}, () =>
    Promise.reject(new AwsError(testFailure('no-credentials', 'there are none'))),
  );
  assert.deepEqual(await failing.sign(URL_OF_AWS), {});
  assert.match(failing.logged.join('\n'), /not signed: there are none/);
});
