import { within } from '../within.ts';
import { AwsError, isAwsError } from './aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import type { AwsServicesOptions } from './services.ts';
import { readSharedConfig } from './shared-config.ts';
import {
  findCredentialSource,
  findEnvironmentKeys,
  type CredentialSource,
} from './static-credentials.ts';

/**
 * Bound of a look-up when nothing is configured, in milliseconds: on a machine of AWS its metadata
 * address answers in a few, anywhere else it may never do. With the loading of the AWS SDK in front
 * of it, which takes a tenth of a second, a start is delayed by less than one second.
 */
export const MACHINE_LOOK_UP_LIMIT_MS = 800;

/**
 * Bound of a look-up in a configured source, in milliseconds: signing in at IAM Identity Center,
 * assuming roles and running a credential process take seconds over slow networks, and some
 * processes ask their user.
 */
export const CONFIGURED_LOOK_UP_LIMIT_MS = 30_000;

/** What a look-up depends on. */
export type LookUpOptions = Pick<AwsServicesOptions, 'profile' | 'env' | 'logger' | 'clock'>;

/** A source that only the AWS SDK can ask. */
export type SdkSource = Extract<
  CredentialSource,
  { readonly kind: 'profile' | 'environment' | 'machine' }
>;

/** Asks the AWS SDK for credentials. */
export type AskSdk = (source: SdkSource) => Promise<AwsCredentials>;

/**
 * Looks credentials up: keys in the environment or in the profile at once, everything else by the
 * providers of the AWS SDK, within a bound.
 *
 * @param loadSdk - loads the AWS SDK, and gives what asks it; that rejects with an `AwsError`
 * @throws AwsError `no-credentials`, `expired-credentials`, `credentials-timeout` or what the SDK met
 *   on the way to the source
 */
export async function lookUpCredentials(
  options: LookUpOptions,
  loadSdk: () => Promise<AskSdk>,
): Promise<AwsCredentials> {
  const { profile, env, logger, clock } = options;
  // Not even the files are read for keys in the environment.
  const keys = findEnvironmentKeys(profile, env);
  if (keys !== undefined) return keys;
  const config = await readSharedConfig(profile, env, logger);
  const source = findCredentialSource(profile, env, config);
  switch (source.kind) {
    case 'static':
      return source.credentials;
    case 'no-such-profile':
      throw new AwsError(
        'no-credentials',
        config.fault ??
          `there is no profile ${source.profileName} in the shared AWS config and credentials files`,
      );
    case 'profile':
    case 'environment': {
      const askSdk = await loadSdk();
      return within(clock, CONFIGURED_LOOK_UP_LIMIT_MS, askSdk(source), () => {
        throw new AwsError(
          'credentials-timeout',
          `the source of the AWS credentials did not answer within ${CONFIGURED_LOOK_UP_LIMIT_MS / 1000} s`,
        );
      });
    }
    case 'machine': {
      const askSdk = await loadSdk();
      const late = (): never => {
        throw noneAnywhere(config.fault);
      };
      return within(clock, MACHINE_LOOK_UP_LIMIT_MS, askSdk(source), late).catch(
        (error: unknown) => {
          throw isAwsError(error) && error.reason === 'no-credentials'
            ? noneAnywhere(config.fault)
            : error;
        },
      );
    }
  }
}

/** @param fault - why a file could not be parsed: the credentials may be in it */
function noneAnywhere(fault: string | undefined): AwsError {
  return new AwsError(
    'no-credentials',
    fault ??
      'there are no AWS credentials: neither the environment nor the shared AWS files have any, and no instance metadata answered',
  );
}
