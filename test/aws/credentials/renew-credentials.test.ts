import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { howToRenew } from '../../../src/aws/credentials/renew-credentials.ts';
import type { ConfigSection } from '../../../src/aws/shared-config.ts';
import { NO_SECTIONS } from '../aws-files.ts';

const KEYS = { aws_access_key_id: 'AK', aws_secret_access_key: 'test-secret' };
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'test-secret' };

function renewal(
  profiles: Readonly<Record<string, ConfigSection>>,
  profile: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const profileName = profile === '' ? 'default' : profile;
  const config = {
    profileName,
    profile: profiles[profileName],
    services: {},
    sections: { ...NO_SECTIONS, profiles: new Map(Object.entries(profiles)) },
    fault: undefined,
  };
  return howToRenew(profile, env, config);
}

describe('credentials that have ended are renewed', () => {
  for (const [kind, settings, expected] of [
    ['by IAM Identity Center', { sso_session: 's' }, 'Run `aws sso login --profile work`'],
    ['by its older settings', { sso_start_url: 'u' }, 'Run `aws sso login --profile work`'],
    ['by a console sign-in', { login_session: 'arn' }, 'Run `aws login --profile work`'],
    [
      'by a process',
      { credential_process: 'p' },
      'Sign in to the source that the credential_process of profile work reads',
    ],
    [
      'by a web identity',
      { role_arn: 'r', web_identity_token_file: 'f' },
      'Check that the web_identity_token_file of profile work contains a new token',
    ],
    ['by keys in the profile', KEYS, 'Set new ones with `aws configure --profile work`'],
  ] as const) {
    it(kind, () => {
      assert.equal(renewal({ work: settings }, 'work'), expected);
    });
  }

  it('where the role’s own credentials come from', () => {
    const sections = {
      admin: { role_arn: 'r', source_profile: 'base' },
      base: { role_arn: 'q', source_profile: 'the team' },
      'the team': { sso_session: 's' },
    };
    assert.equal(renewal(sections, 'admin'), "Run `aws sso login --profile 'the team'`");
  });

  it('at a role that is its own source, which is not followed endlessly', () => {
    const sections = {
      a: { role_arn: 'r', source_profile: 'b' },
      b: { role_arn: 'q', source_profile: 'a' },
    };
    assert.match(renewal(sections, 'a'), /^Set new ones with `aws configure --profile [ab]`$/);
    const own = { a: { ...KEYS, role_arn: 'r', source_profile: 'a' } };
    assert.match(renewal(own, 'a'), /^Set new ones with `aws configure --profile a`$/);
  });

  it('without naming the default profile', () => {
    assert.equal(renewal({ default: { sso_session: 's' } }, ''), 'Run `aws sso login`');
  });

  it('in the environment, if they are there', () => {
    const expected =
      'Set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN';
    assert.equal(renewal({ default: KEYS }, '', ENVIRONMENT), expected);
    assert.equal(renewal({ work: {} }, 'work', ENVIRONMENT), expected);
  });

  it('by what a variable names, or by the machine', () => {
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' };
    assert.match(renewal({}, '', env), /AWS_WEB_IDENTITY_TOKEN_FILE/);
    assert.match(renewal({}, ''), /metadata service of this machine/);
    assert.equal(renewal({}, 'missing'), 'There is no profile missing');
  });
});
