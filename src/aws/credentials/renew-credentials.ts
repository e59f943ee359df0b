import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { AwsError } from '../sdk/aws-error.ts';
import type { AwsOptions, Environment } from '../aws-options.ts';
import { readSharedConfig, type SharedConfig } from '../shared-config.ts';
import { findCredentialSource, placeOfKeys } from './static-credentials.ts';

/** How many profiles may lead to one another by `source_profile`: more is a circle. */
const LONGEST_CHAIN = 10;

/** Adds to an error about credentials that have ended how they are renewed; leaves any other alone. */
export async function renewalHint(
  error: AwsError,
  { profile, env, logger }: Pick<AwsOptions, 'profile' | 'env' | 'logger'>,
): Promise<AwsError> {
  if (error.reason !== 'expired-credentials') return error;
  const config = await readSharedConfig(profile, env, logger);
  return new AwsError(error.reason, `${error.message}: ${howToRenew(profile, env, config)}`);
}

/**
 * What to do about credentials that have ended: the command that signs in again, for the kind of
 * profile they come from. A sentence part.
 *
 * @param profile - the name the caller gave; may be empty
 */
export function howToRenew(profile: string, env: Environment, config: SharedConfig): string {
  const source = findCredentialSource(profile, env, config);
  switch (source.kind) {
    case 'static':
      return placeOfKeys(profile, env, config) === 'environment'
        ? 'set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN'
        : putInto(config.profileName);
    case 'profile':
      return renewProfile(config.profileName, config);
    case 'environment':
      return `check that the source in ${source.variable} returns new ones`;
    case 'machine':
      return 'check that the metadata service of this machine returns new ones';
    case 'no-such-profile':
      return `there is no profile ${source.profileName}`;
  }
}

/** A role is assumed with the credentials of another profile, which are those that have ended. */
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
  const option = last === 'default' ? '' : ` --profile ${quoteForShell(last)}`;
  if (has('sso_session') || has('sso_start_url')) return `run aws sso login${option}`;
  if (has('login_session')) return `run aws login${option}`;
  if (has('credential_process')) {
    return `sign in to the source that the credential_process of profile ${last} reads`;
  }
  if (has('web_identity_token_file')) {
    return `check that the web_identity_token_file of profile ${last} contains a new token`;
  }
  if (has('credential_source')) return `check that the credential_source of profile ${last} works`;
  return putInto(last);
}

function putInto(profile: string): string {
  return `set new ones with aws configure --profile ${quoteForShell(profile)}`;
}
