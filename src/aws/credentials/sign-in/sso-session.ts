import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '../../aws-options.ts';
import type { ConfigSection, SharedSections } from '../../shared-config.ts';
import { expandHome } from '../../shared-files/file-paths.ts';

/** Where the AWS CLI keeps sign-ins (awscli/customizations/sso/utils.py). */
const DIRECTORY = '~/.aws/sso/cache';

/** What is signed in to at IAM Identity Center. */
export interface SsoSession {
  /** The `[sso-session …]` that a profile names; undefined for its older settings. */
  readonly name: string | undefined;
  readonly startUrl: string;
  readonly region: string;
  /** `sso_registration_scopes`; empty when none are set. */
  readonly scopes: readonly string[];
}

/** What a profile has signed in to; undefined for a profile without IAM Identity Center. */
export function findSsoSession(
  profile: ConfigSection,
  ssoSessions: SharedSections['ssoSessions'],
): SsoSession | undefined {
  const name = profile['sso_session'];
  const settings = name === undefined ? profile : ssoSessions.get(name);
  const startUrl = settings?.['sso_start_url'] ?? '';
  const region = settings?.['sso_region'] ?? '';
  if (startUrl === '' || region === '') return undefined;
  const scopes = (name === undefined ? '' : (settings?.['sso_registration_scopes'] ?? ''))
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '');
  return { name, startUrl, region, scopes };
}

/** The file in which the AWS CLI keeps a sign-in (botocore/utils.py, `SSOTokenLoader`). */
export function ssoTokenPath({ name, startUrl }: SsoSession, env: Environment): string {
  const hash = createHash('sha1')
    .update(name ?? startUrl)
    .digest('hex');
  return join(expandHome(DIRECTORY, env), `${hash}.json`);
}
