import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeSource } from '../../../src/aws/credentials/describe-source.ts';
import type { ConfigSection } from '../../../src/aws/shared-config.ts';
import { NO_SECTIONS } from '../aws-files.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 'test-secret' };
const PROFILE_KEYS = { aws_access_key_id: 'AKPROFILE', aws_secret_access_key: 'test-secret' };

function source(
  profile: string,
  env: Readonly<Record<string, string>>,
  settings: ConfigSection | undefined,
): string {
  const profileName = profile === '' ? 'default' : profile;
  return describeSource(profile, env, {
    profileName,
    profile: settings,
    services: {},
    sections: NO_SECTIONS,
    fault: undefined,
  });
}

it('keys are described by their place', () => {
  assert.equal(source('', KEYS, undefined), 'keys in the environment (AWS_ACCESS_KEY_ID)');
  assert.equal(source('', KEYS, PROFILE_KEYS), 'keys in the environment (AWS_ACCESS_KEY_ID)');
  assert.equal(source('work', KEYS, PROFILE_KEYS), 'keys in profile work');
  assert.equal(source('work', KEYS, {}), 'keys in the environment (AWS_ACCESS_KEY_ID)');
});

it('another source is described by its kind', () => {
  assert.equal(source('w', {}, { sso_session: 's' }), 'profile w, IAM Identity Center');
  assert.equal(
    source('w', {}, { role_arn: 'r', source_profile: 'x' }),
    'profile w, a role it assumes',
  );
  assert.equal(
    source('w', {}, { credential_process: '/bin/x' }),
    'profile w, its credential_process',
  );
  const web = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' };
  assert.equal(source('', web, undefined), 'the source in AWS_WEB_IDENTITY_TOKEN_FILE');
  assert.equal(source('', {}, undefined), 'the metadata service of this machine');
});

it('a missing profile is described as missing', () => {
  assert.equal(source('missing', {}, undefined), 'profile missing, which does not exist');
});
