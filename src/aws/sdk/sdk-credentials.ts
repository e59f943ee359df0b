import {
  createCredentialChain,
  fromContainerMetadata,
  fromHttp,
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
} from '@aws-sdk/credential-providers';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import type { Logger } from '../../logging/logger.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { callFailures } from '../../failures/calls.ts';
import { credentialFailures } from '../../failures/credentials.ts';
import { AwsError, isAwsError } from './aws-error.ts';
import type { AwsCredentials } from '../credentials/credentials.ts';
import { causesOf, describeFailure, oneLine, type Call } from './describe-failure.ts';
import type { SdkCredentials, SdkSource } from '../credentials/sdk-credential-chain.ts';
import { createSdkRequestHandler } from './sdk-request-handler.ts';
import { checkForSdk, injectSharedFiles } from './sdk-shared-files.ts';
import { suppressVersionWarning } from './sdk-warnings.ts';
import type { AwsOptions } from '../aws-options.ts';
import {
  profileNameOf,
  readSharedConfig,
  type ConfigSection,
  type SharedSections,
} from '../shared-config.ts';

/** The chain's message when every source has failed, whatever the reasons. */
const NOTHING_FOUND = 'Could not load credentials from any providers';

/** System errors of files, such as one with a web identity's token. */
const FILE_ERRORS = new Set(['ENOENT', 'EACCES', 'EISDIR']);

/** What the AWS SDK's sources depend on. */
export type SdkCredentialsOptions = Pick<
  AwsOptions,
  'region' | 'profile' | 'env' | 'network' | 'clock' | 'logger'
>;

type Provider = ReturnType<typeof fromIni>;

/**
 * The AWS SDK's sources of credentials: a profile's web identity, IAM Identity Center or
 * `aws login`, roles, and the chain of web identity by the environment, container and instance. It
 * keeps nothing from an earlier call: a session outlives its credentials.
 */
export function createSdkCredentials(options: SdkCredentialsOptions): SdkCredentials {
  suppressVersionWarning();
  const { region, env } = options;
  const profile = profileNameOf(options.profile, env);
  const requestHandler = createSdkRequestHandler(options.network, options.clock);
  const settings = {
    profile,
    ignoreCache: true,
    clientConfig: { requestHandler },
    parentClientConfig: { region, profile },
    logger: chainLogger(options.logger),
  };
  const providerOf = (source: SdkSource, sections: SharedSections): Provider => {
    switch (source.kind) {
      // The SDK's whole chain would continue after the failed source of a profile, and lose the reason.
      case 'profile':
        checkForSdk(source.profileName, sections);
        return fromIni({ ...settings, profile: source.profileName });
      case 'credential-source':
        return ofCredentialSource(source, settings);
      case 'environment':
      case 'machine':
        return fromNodeProviderChain(settings);
    }
  };
  return {
    ask(source) {
      const { profileName = profile } = { profileName: undefined, ...source };
      return ask((sections) => providerOf(source, sections), profileName, source, options);
    },
    assumeRole({ profileName, settings: role, mfaCode }, by) {
      const provider = (): Provider =>
        fromTemporaryCredentials({
          masterCredentials: by,
          params: roleParameters(role),
          ...(mfaCode === undefined ? {} : { mfaCodeProvider: () => Promise.resolve(mfaCode) }),
          clientConfig: { requestHandler, profile, region: role['region'] ?? region },
          logger: settings.logger,
        });
      return ask(provider, profileName, { kind: 'profile', profileName }, options);
    },
  };
}

/** The parameters of AssumeRole (AWS SDKs and Tools Reference Guide, "Assume role credential provider"). */
function roleParameters(
  role: ConfigSection,
): Parameters<typeof fromTemporaryCredentials>[0]['params'] {
  const name = role['role_session_name'];
  const duration = Number(role['duration_seconds']);
  return {
    RoleArn: role['role_arn'],
    ...(name === undefined ? {} : { RoleSessionName: name }),
    ExternalId: role['external_id'],
    SerialNumber: role['mfa_serial'],
    ...(Number.isInteger(duration) ? { DurationSeconds: duration } : {}),
  };
}

function ofCredentialSource(
  { profileName, name }: Extract<SdkSource, { readonly kind: 'credential-source' }>,
  settings: Parameters<typeof fromInstanceMetadata>[0],
): Provider {
  switch (name) {
    case 'Ec2InstanceMetadata':
      return fromInstanceMetadata(settings);
    case 'EcsContainer':
      return createCredentialChain(fromHttp(settings), fromContainerMetadata(settings));
    default:
      throw new AwsError(credentialFailures['credential-source-unknown'](profileName, name));
  }
}

async function ask(
  provider: (sections: SharedSections) => Provider,
  profileName: string,
  source: SdkSource,
  { profile, env, logger }: SdkCredentialsOptions,
): Promise<AwsCredentials> {
  const { sections } = await readSharedConfig(profile, env, logger);
  injectSharedFiles(sections, env);
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provider(sections)();
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration }),
    };
  } catch (error) {
    throw isAwsError(error) ? error : describeSdkFailure(error, profileName, source);
  }
}

/**
 * Keeps the chain's own messages out of the log: they name files and sources step by step, and later
 * versions could name more. Without a logger the chain would write to the console.
 */
function chainLogger(logger: Logger): Record<'debug' | 'info' | 'warn' | 'error', () => void> {
  const ignore = (): void => undefined;
  const warn = (): void => logger.debug('the AWS SDK warned about the source of the credentials');
  return { debug: ignore, info: ignore, warn, error: warn };
}

/** Describes why there are no credentials, with texts of the SDK only where they hold no secret. */
function describeSdkFailure(error: unknown, profile: string, source: SdkSource): AwsError {
  const call: Call = {
    action: 'resolving AWS credentials',
    object: `profile ${profile}`,
    purpose: `get the AWS credentials of profile ${profile}`,
  };
  const first = causesOf(error)[0];
  const text = oneLine(first?.message ?? '');
  const unusable = (why: string): AwsError =>
    new AwsError(credentialFailures['credential-source-failed'](profile, why));
  if (FILE_ERRORS.has(systemCode(first))) return unusable(text);
  // IAM Identity Center's name for a sign-in that has ended.
  if (first?.name === 'UnauthorizedException') {
    return new AwsError(credentialFailures['sign-in-expired'](profile));
  }
  if (first?.name !== 'CredentialsProviderError')
    return ofSource(describeFailure(error, call), profile);
  // IAM Identity Center's errors come as texts.
  const nested = /^(\w*(?:Error|Exception)): (.*)$/.exec(text);
  if (nested?.[1] === 'NetworkError' || nested?.[1] === 'TimeoutError') {
    return new AwsError(callFailures['source-unreachable'](call.purpose, nested[2] ?? ''));
  }
  if (/\bexpired\b|\baws (sso )?login\b|^UnauthorizedException/i.test(text)) {
    return new AwsError(credentialFailures['sign-in-expired'](profile));
  }
  return source.kind === 'environment' && text.startsWith(NOTHING_FOUND)
    ? new AwsError(credentialFailures['credential-variable-failed'](source.variable))
    : unusable(text);
}

/** What a source does not have is no answer to the call that the credentials are for. */
function ofSource(failure: AwsError, profile: string): AwsError {
  return failure.reason === 'not-found'
    ? new AwsError(
        credentialFailures['credential-source-failed'](profile, 'its source does not exist'),
        failure.awsName,
      )
    : failure;
}
