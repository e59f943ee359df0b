import { profileOption } from '../../failures/profile-option.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { withRemedy } from '../../lib/errors/failure.ts';
import { AwsError } from '../sdk/aws-error.ts';
import type { AwsOptions, Environment } from '../aws-options.ts';
import { readSharedConfig, type SharedConfig } from '../shared-config.ts';
import { findCredentialSource, placeOfKeys } from './static-credentials.ts';

/** Longest chain of `source_profile` that is followed: a longer one is a cycle. */
const LONGEST_CHAIN = 10;

/** Adds the remedy to an error about expired credentials; returns any other error unchanged. */
export async function renewalHint(
  error: AwsError,
  { profile, env, logger }: Pick<AwsOptions, 'profile' | 'env' | 'logger'>,
): Promise<AwsError> {
  if (error.reason !== 'expired-credentials') return error;
  // Its own remedy is enough: its text names the profile.
  if (error.code === 'credential-process-expired') return error;
  const config = await readSharedConfig(profile, env, logger);
  return new AwsError(withRemedy(error, howToRenew(profile, env, config)), error.awsName);
}

/**
 * How to renew expired credentials: the command that signs in again, for their kind of profile. A
 * sentence.
 *
 * @param profile - the name that the caller passed; may be empty
 */
export function howToRenew(profile: string, env: Environment, config: SharedConfig): string {
  const source = findCredentialSource(profile, env, config);
  switch (source.kind) {
    case 'static':
      return placeOfKeys(profile, env, config) === 'environment'
        ? 'Set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN'
        : putInto(config.profileName);
    case 'profile':
      return renewProfile(config.profileName, config);
    case 'environment':
      return `Check that the source in ${source.variable} returns new ones`;
    case 'machine':
      return 'Check that the metadata service of this machine returns new ones';
    case 'no-such-profile':
      return `There is no profile ${source.profileName}`;
  }
}

/** For a role, the credentials at the end of its chain have expired. */
function renewProfile(name: string, { sections }: SharedConfig): string {
  let last = name;
  for (let i = 0; i < LONGEST_CHAIN; i++) {
    const next = sections.profiles.get(last);
    const source = next?.['role_arn'] === undefined ? undefined : next['source_profile'];
    if (source === undefined || source === last) break;
    last = source;
  }
  const settings = sections.profiles.get(last) ?? {};
  const has = (setting: string): boolean => (settings[setting] ?? '') !== '';
  const option = profileOption(last);
  if (has('sso_session') || has('sso_start_url')) return `Run \`aws sso login${option}\``;
  if (has('login_session')) return `Run \`aws login${option}\``;
  if (has('credential_process')) {
    return `Sign in to the source that the credential_process of profile ${last} reads`;
  }
  if (has('web_identity_token_file')) {
    return `Check that the web_identity_token_file of profile ${last} contains a new token`;
  }
  if (has('credential_source')) return `Check that the credential_source of profile ${last} works`;
  return putInto(last);
}

function putInto(profile: string): string {
  return `Set new ones with \`aws configure --profile ${quoteForShell(profile)}\``;
}
