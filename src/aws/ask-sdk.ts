import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { Logger } from '../logging/logger.ts';
import { errorCode } from '../network/failure-text.ts';
import { AwsError, type AwsErrorReason } from './aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import { causesOf, describeFailure, oneLine } from './describe-failure.ts';
import type { SdkSource } from './look-up-credentials.ts';
import { tellHowToRenew } from './renew-credentials.ts';
import { createSdkRequestHandler } from './sdk-request-handler.ts';
import { checkForSdk, giveSdkSharedFiles } from './sdk-shared-files.ts';
import { silenceVersionWarning } from './sdk-warnings.ts';
import type { AwsServicesOptions } from './services.ts';
import { profileNameOf, readSharedConfig } from './shared-config.ts';

/** What the chain says when every source has failed, whatever the reasons were. */
const NOTHING_FOUND = 'Could not load credentials from any providers';

/** System errors of files, such as one with a web identity's token. */
const FILE_ERRORS = new Set(['ENOENT', 'EACCES', 'EISDIR']);

/**
 * Asks the AWS SDK for credentials: a profile that names a source for that source alone (role, IAM
 * Identity Center, process, web identity), else its chain of web identity by the environment,
 * container and instance. Nothing is kept from an earlier call: a session outlives its credentials.
 *
 * @throws AwsError
 */
export async function askSdk(
  options: AwsServicesOptions,
  source: SdkSource,
): Promise<AwsCredentials> {
  silenceVersionWarning();
  const { region, env } = options;
  const profile = profileNameOf(options.profile, env);
  const settings = {
    profile,
    ignoreCache: true,
    clientConfig: { requestHandler: createSdkRequestHandler(options.network) },
    parentClientConfig: { region, profile },
    logger: chainLogger(options.logger),
  };
  const { sections } = await readSharedConfig(options.profile, env, options.logger);
  giveSdkSharedFiles(sections, env);
  checkForSdk(profile, sections);
  // The whole chain would go on past a profile's failed source, and forget why it failed.
  const provider = source.kind === 'profile' ? fromIni(settings) : fromNodeProviderChain(settings);
  try {
    const found = await provider();
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = found;
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration }),
    };
  } catch (error) {
    throw await tellHowToRenew(describeSdkFailure(error, profile, source), options);
  }
}

/**
 * What the chain notes is not for the log: it names files and sources step by step, and could name
 * more some day. Without a logger it would write to the console.
 */
function chainLogger(logger: Logger): Record<'debug' | 'info' | 'warn' | 'error', () => void> {
  const ignore = (): void => undefined;
  const warn = (): void =>
    logger.debug('the AWS SDK had a remark about where credentials come from');
  return { debug: ignore, info: ignore, warn, error: warn };
}

/** Tells why there are no credentials, as far as its text can be trusted to hold nothing secret. */
function describeSdkFailure(error: unknown, profile: string, source: SdkSource): AwsError {
  const call = { action: 'looking up AWS credentials', object: `profile ${profile}` };
  const first = causesOf(error)[0];
  const text = oneLine(first?.message ?? '');
  const failed = (reason: AwsErrorReason, why: string): AwsError =>
    new AwsError(reason, `${call.action} for ${call.object} failed: ${why}`);
  if (FILE_ERRORS.has(errorCode(first) ?? '')) return failed('no-credentials', text);
  if (first?.name !== 'CredentialsProviderError') return describeFailure(error, call);
  // The text holds the command and whatever it printed.
  if (text.startsWith('Command failed')) {
    return failed('no-credentials', 'its credential_process failed');
  }
  // IAM Identity Center's errors come as texts.
  const nested = /^(\w*(?:Error|Exception)): (.*)$/.exec(text);
  if (nested?.[1] === 'NetworkError' || nested?.[1] === 'TimeoutError') {
    return failed('network', nested[2] ?? '');
  }
  if (/\bexpired\b|\baws (sso )?login\b|^UnauthorizedException/i.test(text)) {
    return failed('expired-credentials', 'its sign-in has ended');
  }
  return source.kind === 'environment' && text.startsWith(NOTHING_FOUND)
    ? failed('no-credentials', `what ${source.variable} names gave none`)
    : failed('no-credentials', text);
}
