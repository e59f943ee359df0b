import type { AwsCredentials } from './credentials.ts';
import type { Environment } from '../aws-options.ts';
import type { ConfigSection, SharedConfig } from '../shared-config.ts';

/** Where the credentials come from, as far as it is known without the AWS SDK. */
export type CredentialSource =
  /** Keys in the environment or in the profile. */
  | { readonly kind: 'static'; readonly credentials: AwsCredentials }
  /** The profile names a source that the AWS SDK reads. */
  | { readonly kind: 'profile' }
  /** An environment variable names a source that the AWS SDK reads. */
  | { readonly kind: 'environment'; readonly variable: string }
  /** Nothing is configured: only the metadata of a machine in AWS may have credentials. */
  | { readonly kind: 'machine' }
  /** Neither file has the named profile. */
  | { readonly kind: 'no-such-profile'; readonly profileName: string };

/** Settings that name another source of credentials; they take precedence over keys in the profile. */
export const OTHER_SOURCES = [
  'role_arn',
  'credential_process',
  'web_identity_token_file',
  'sso_start_url',
  'sso_session',
  'login_session',
  'credential_source',
] as const;

/** Variables with which the environment names a source of credentials. */
const SOURCE_VARIABLES = [
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
] as const;

/**
 * Keys in the environment, which take precedence unless the caller named a profile. The AWS CLI also passes
 * the name of a profile that the environment names, and then prefers the environment's keys. So a passed name
 * that is also in the environment does not count as named by the caller.
 *
 * @param profile - the name that the caller passed; may be empty
 */
export function findEnvironmentKeys(profile: string, env: Environment): AwsCredentials | undefined {
  const isNamedByCaller =
    profile !== '' && profile !== env['AWS_PROFILE'] && profile !== env['AWS_DEFAULT_PROFILE'];
  return isNamedByCaller ? undefined : keysInEnvironment(env);
}

/**
 * Finds keys in the environment or the files, so that a start with them loads nothing of the AWS SDK;
 * else the source of the credentials.
 *
 * @param profile - the name that the caller passed; may be empty
 */
export function findCredentialSource(
  profile: string,
  env: Environment,
  config: SharedConfig,
): CredentialSource {
  const preferred = findEnvironmentKeys(profile, env);
  if (preferred !== undefined) return { kind: 'static', credentials: preferred };
  const settings = config.profile;
  if (settings !== undefined && firstSet(settings, OTHER_SOURCES) !== undefined) {
    return { kind: 'profile' };
  }
  const inProfile = settings === undefined ? undefined : keysInProfile(settings);
  if (inProfile !== undefined) return { kind: 'static', credentials: inProfile };
  // Some callers pass both the name of a profile and its keys.
  const inEnvironment = keysInEnvironment(env);
  if (inEnvironment !== undefined) return { kind: 'static', credentials: inEnvironment };
  if (settings === undefined && config.profileName !== 'default') {
    return { kind: 'no-such-profile', profileName: config.profileName };
  }
  const variable = firstSet(env, SOURCE_VARIABLES);
  return variable === undefined ? { kind: 'machine' } : { kind: 'environment', variable };
}

/**
 * The place of the keys that {@link findCredentialSource} has found.
 *
 * @param profile - the name that the caller passed; may be empty
 */
export function placeOfKeys(
  profile: string,
  env: Environment,
  config: SharedConfig,
): 'environment' | 'profile' {
  const isInProfile = (config.profile?.['aws_access_key_id'] ?? '') !== '';
  return isInProfile && findEnvironmentKeys(profile, env) === undefined ? 'profile' : 'environment';
}

/** Keys in a section of the shared files. */
export function keysInProfile(settings: ConfigSection): AwsCredentials | undefined {
  return keysOf(
    settings['aws_access_key_id'],
    settings['aws_secret_access_key'],
    settings['aws_session_token'],
  );
}

/** Keys in the environment. */
export function keysInEnvironment(env: Environment): AwsCredentials | undefined {
  return keysOf(env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']);
}

function firstSet(settings: ConfigSection, keys: readonly string[]): string | undefined {
  return keys.find((key) => (settings[key] ?? '') !== '');
}

function keysOf(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): AwsCredentials | undefined {
  const id = accessKeyId?.trim() ?? '';
  const secret = secretAccessKey?.trim() ?? '';
  const token = sessionToken?.trim() ?? '';
  if (id === '' || secret === '') return undefined;
  return {
    accessKeyId: id,
    secretAccessKey: secret,
    ...(token === '' ? {} : { sessionToken: token }),
  };
}
