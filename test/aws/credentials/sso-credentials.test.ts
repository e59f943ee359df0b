import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { createSsoApi } from '../../local-aws/api/credentials/sso-api.ts';
import { serve } from '../../network/local-server.ts';
import { homeWith } from '../aws-files.ts';
import { FROM_CHAIN, HOUR_MS, ISSUED, resolve, refused } from './support/resolve-process.ts';

/** The file in which the AWS CLI leaves a sign-in. */
function signIn(key: string, accessToken: string, expiresAt: number): Record<string, string> {
  const name = createHash('sha1').update(key).digest('hex');
  const contents = { accessToken, expiresAt: new Date(expiresAt).toISOString() };
  return { [`.aws/sso/cache/${name}.json`]: JSON.stringify(contents) };
}

for (const [form, key, config] of [
  [
    'with a session',
    'company',
    '[profile p]\nsso_session = company\nsso_account_id = 123456789012\nsso_role_name = Admin\n' +
      '[sso-session company]\nsso_region = eu-west-1\nsso_start_url = https://company.example/start\n',
  ],
  [
    'without a session',
    'https://company.example/start',
    '[profile p]\nsso_start_url = https://company.example/start\nsso_region = eu-west-1\n' +
      'sso_account_id = 123456789012\nsso_role_name = Admin\n',
  ],
] as const) {
  it(`IAM Identity Center ${form}: the sign-in is exchanged for a role's credentials`, async (t) => {
    const sso = createSsoApi('sign-in-token', ISSUED);
    const port = await serve(t, sso.listener);
    const env = { AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${port}` };
    const later = Date.now() + HOUR_MS;
    const home = homeWith(t, { '.aws/config': config, ...signIn(key, 'sign-in-token', later) });
    assert.deepEqual(await resolve(home, 'p', env), FROM_CHAIN);
    assert.deepEqual(sso.calls, ['123456789012/Admin']);
  });

  it(`IAM Identity Center ${form}: an expired sign-in is reported with the command that renews it`, async (t) => {
    const sso = createSsoApi('another-token', ISSUED);
    const port = await serve(t, sso.listener);
    const env = { AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${port}` };
    for (const cache of [
      {},
      signIn(key, 'sign-in-token', Date.now() - HOUR_MS),
      signIn(key, 'refused-token', Date.now() + HOUR_MS),
    ]) {
      const home = homeWith(t, { '.aws/config': config, ...cache });
      refused(await resolve(home, 'p', env), 'expired-credentials', /aws sso login --profile p/);
    }
  });
}
