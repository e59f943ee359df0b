import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { AwsError } from '../../../src/aws/sdk/aws-error.ts';
import type { AwsCredentials } from '../../../src/aws/credentials/credentials.ts';
import {
  CONFIGURED_CREDENTIALS_TIMEOUT_MS,
  resolveCredentials,
} from '../../../src/aws/credentials/resolve-credentials.ts';
import type { FoundCredentials } from '../../../src/aws/credentials/keep-credentials.ts';
import { noUserPrompt } from '../../../src/aws/credentials/sign-in/user-prompt.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { silentLogger } from '../../../src/logging/logger.ts';
import { networkFor } from '../../network/test-network.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { homeWith } from '../aws-files.ts';
import { testFailure } from '../../support/test-failure.ts';

const FOUND = { accessKeyId: 'AKCHAIN', secretAccessKey: 'chain-secret' };
const CONFIGURED_PROFILE = {
  '.aws/config': '[profile p]\nrole_arn = arn:aws:iam::1:role/r\nweb_identity_token_file = token\n',
};
const NO_PROMPT = { platform: process.platform, findUserPrompt: noUserPrompt };

interface Resolve {
  readonly clock: VirtualClock;
  readonly found: Promise<FoundCredentials>;
  /** Resolves when the chain of the SDK is asked. */
  readonly asked: Promise<undefined>;
}

function resolve(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  profile: string,
  answer: () => Promise<AwsCredentials>,
): Resolve {
  const clock = createVirtualClock();
  const asked = createDeferred<undefined>();
  const options = {
    profile,
    env: { HOME: homeWith(t, files) },
    logger: silentLogger,
    clock,
    network: networkFor(t, {}),
    ...NO_PROMPT,
  };
  const found = resolveCredentials(options, () =>
    Promise.resolve({
      ask() {
        asked.resolve(undefined);
        return answer();
      },
      assumeRole: () => assert.fail('no role is assumed'),
    }),
  );
  return { clock, found, asked: asked.promise };
}

const never = (): Promise<AwsCredentials> => new Promise(() => undefined);

it('a machine without credentials delays nothing by more than a second', async (t) => {
  const { clock, found, asked } = resolve(t, {}, '', never);
  const refused = assert.rejects(
    found,
    (error) => error instanceof AwsError && error.reason === 'no-credentials',
  );
  await asked;
  clock.advance(1_000);
  await refused;
});

it('a configured source is given more time, and not for ever', async (t) => {
  const answer = createDeferred<AwsCredentials>();
  const patient = resolve(t, CONFIGURED_PROFILE, 'p', () => answer.promise);
  await patient.asked;
  patient.clock.advance(CONFIGURED_CREDENTIALS_TIMEOUT_MS - 1);
  answer.resolve(FOUND);
  assert.deepEqual(await patient.found, { credentials: FOUND, isStatic: false });
  assert.equal(patient.clock.pending, 0);

  const hopeless = resolve(t, CONFIGURED_PROFILE, 'p', never);
  const refused = assert.rejects(
    hopeless.found,
    (error) => error instanceof AwsError && error.reason === 'credentials-timeout',
  );
  await hopeless.asked;
  hopeless.clock.advance(CONFIGURED_CREDENTIALS_TIMEOUT_MS);
  await refused;
});

it('the reason of the chain is passed on', async (t) => {
  const failure = new AwsError(testFailure('access-denied', 'no'));
  const { found, clock } = resolve(t, CONFIGURED_PROFILE, 'p', () => Promise.reject(failure));
  await assert.rejects(found, failure);
  assert.equal(clock.pending, 0);
});

it('a profile that does not exist is named, and no source is read', async (t) => {
  const clock = createVirtualClock();
  const env = { HOME: homeWith(t, {}) };
  await assert.rejects(
    resolveCredentials(
      {
        profile: 'wrok',
        env,
        logger: silentLogger,
        clock,
        network: networkFor(t, {}),
        ...NO_PROMPT,
      },
      () => assert.fail('asked a person'),
    ),
    (error) =>
      error instanceof AwsError &&
      error.reason === 'no-credentials' &&
      error.message.includes('wrok'),
  );
});
