import type { Environment } from '../aws-options.ts';
import type { SharedConfig } from '../shared-config.ts';
import { findCredentialSource, OTHER_SOURCES, placeOfKeys } from './static-credentials.ts';

/** The settings of {@link OTHER_SOURCES}, as they are shown to users. */
const KINDS: Readonly<Record<(typeof OTHER_SOURCES)[number], string>> = {
  role_arn: 'a role it assumes',
  credential_process: 'its credential_process',
  web_identity_token_file: 'its web identity',
  sso_start_url: 'IAM Identity Center',
  sso_session: 'IAM Identity Center',
  login_session: 'aws login',
  credential_source: 'its credential_source',
};

/**
 * Describes the source that `findCredentialSource` finds, without the credentials.
 *
 * @param profile - the name that the caller passed; may be empty
 */
export function describeSource(profile: string, env: Environment, config: SharedConfig): string {
  const inProfile = `profile ${config.profileName}`;
  const source = findCredentialSource(profile, env, config);
  switch (source.kind) {
    case 'static':
      return placeOfKeys(profile, env, config) === 'profile'
        ? `keys in ${inProfile}`
        : 'keys in the environment (AWS_ACCESS_KEY_ID)';
    case 'profile': {
      const setting = OTHER_SOURCES.find((name) => (config.profile?.[name] ?? '') !== '');
      return setting === undefined ? inProfile : `${inProfile}, ${KINDS[setting]}`;
    }
    case 'environment':
      return `the source in ${source.variable}`;
    case 'machine':
      return 'the metadata service of this machine';
    case 'no-such-profile':
      return `${inProfile}, which does not exist`;
  }
}
