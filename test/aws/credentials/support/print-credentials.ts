import { registerHooks } from 'node:module';
import { isAwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { createCredentialsSource } from '../../../../src/aws/session-aws.ts';
import { noWaits } from '../../../../src/aws/report-wait.ts';
import { noUserPrompt } from '../../../../src/aws/credentials/sign-in/user-prompt.ts';
import { lazyAws } from '../../../../src/aws/lazy-aws.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/logging/logger.ts';
import { createNetwork } from '../../../../src/network/network.ts';

/** Prints as JSON what a look-up in this process's environment gives; argument: the profile. */

let sdkLoaded = false;
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier.startsWith('@aws-sdk/')) sdkLoaded = true;
    return next(specifier, context);
  },
});

const network = createNetwork({
  env: process.env,
  profileCaBundle: () => Promise.resolve(undefined),
  clock: systemClock,
  logger: silentLogger,
});
const options = {
  region: 'eu-west-1',
  profile: process.argv[2] ?? '',
  endpoint: '',
  env: process.env,
  platform: process.platform,
  network,
  logger: silentLogger,
  clock: systemClock,
  findUserPrompt: noUserPrompt,
  reportWait: noWaits,
};
const aws = lazyAws({ ...options, credentials: createCredentialsSource(options) });

let outcome: object;
try {
  const { accessKeyId, secretAccessKey, sessionToken } = await aws.credentials();
  outcome = { accessKeyId, secretAccessKey, sessionToken };
} catch (error) {
  outcome = isAwsError(error)
    ? { reason: error.reason, message: error.message }
    : { reason: 'not an AwsError', message: String(error) };
}
process.stdout.write(JSON.stringify({ ...outcome, sdkLoaded }), () => process.exit(0));
