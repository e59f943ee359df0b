import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createSsoApi } from '../../local-aws/api/credentials/sso-api.ts';
import { createStsApi } from '../../local-aws/api/credentials/sts-api.ts';
import { serve } from '../../network/local-server.ts';
import { homeWith } from '../aws-files.ts';
import {
  FROM_CHAIN,
  HOUR_MS,
  ISSUED,
  resolve,
  refused,
} from '../credentials/support/resolve-process.ts';

/** Names that the AWS SDK's own reader of the files does not take. */
const NAMES = [
  ['my dev', "'my dev'"],
  ['acme (prod)', "'acme (prod)'"],
  ['größe', 'größe'],
  ['two  blanks', '"two  blanks"'],
] as const;

async function startSts(t: TestContext): Promise<{
  readonly calls: ReturnType<typeof createStsApi>['calls'];
  readonly env: Readonly<Record<string, string>>;
}> {
  const sts = createStsApi(ISSUED);
  const port = await serve(t, sts.listener);
  return { calls: sts.calls, env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}` } };
}

describe('the AWS SDK receives the content of the shared files', () => {
  for (const [name, quoted] of NAMES) {
    it(`a web identity of profile ${name}`, async (t) => {
      const { calls, env } = await startSts(t);
      const home = homeWith(t, { 'the token': 'web-identity-token' });
      const config = [
        `[profile ${quoted}]`,
        'ROLE_ARN: arn:aws:iam::1:role/w',
        `Web_Identity_Token_File=${join(home, 'the token')}`,
      ];
      const files = homeWith(t, { '.aws/config': config.join('\n') });
      assert.deepEqual(await resolve(files, name, env), FROM_CHAIN);
      assert.equal(calls[0]?.roleArn, 'arn:aws:iam::1:role/w');
    });

    it(`a role by profile ${name} of the credentials file`, async (t) => {
      const { calls, env } = await startSts(t);
      const home = homeWith(t, {
        '.aws/config': `[profile role]\nrole_arn : arn:aws:iam::1:role/r\nsource_profile : ${name}\n`,
        '.aws/credentials': `[${name}]\nAWS_ACCESS_KEY_ID=AKSOURCE\nAWS_SECRET_ACCESS_KEY=secret\n`,
      });
      assert.deepEqual(await resolve(home, 'role', env), FROM_CHAIN);
      assert.equal(calls[0]?.accessKeyId, 'AKSOURCE');
    });

    it(`a sign-in by session ${name}`, async (t) => {
      const sso = createSsoApi('sign-in-token', ISSUED);
      const port = await serve(t, sso.listener);
      const env = { AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${port}` };
      const cached = createHash('sha1').update(name).digest('hex');
      const token = {
        accessToken: 'sign-in-token',
        expiresAt: new Date(Date.now() + HOUR_MS).toISOString(),
      };
      const config = [
        '[profile p]',
        `sso_session: ${name}`,
        'sso_account_id: 123456789012\nsso_role_name: Admin',
        `[sso-session ${quoted}]`,
        'SSO_REGION: eu-west-1',
        'sso_start_url = https://company.example/start#/',
      ];
      const home = homeWith(t, {
        '.aws/config': config.join('\n'),
        [`.aws/sso/cache/${cached}.json`]: JSON.stringify(token),
      });
      assert.deepEqual(await resolve(home, 'p', env), FROM_CHAIN);
      assert.deepEqual(sso.calls, ['123456789012/Admin']);
    });
  }

  it('wherever they are', async (t) => {
    const { env } = await startSts(t);
    const home = homeWith(t, {
      token: 'web-identity-token',
      'elsewhere/config':
        "[profile 'my dev']\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = token\n",
    });
    for (const AWS_CONFIG_FILE of [
      '$HOME/elsewhere/config',
      '~/elsewhere/config',
      join(home, 'elsewhere/config'),
    ]) {
      const files = { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE: AWS_CONFIG_FILE };
      assert.deepEqual(await resolve(home, 'my dev', { ...env, ...files }), FROM_CHAIN);
    }
  });

  it('except text that it would read as a comment, which is an error', async (t) => {
    const home = homeWith(t, {
      '.aws/config':
        '[profile web]\nrole_arn = r\nweb_identity_token_file = /a #b/token\n' +
        "[profile 'a ;b']\nrole_arn = r\nweb_identity_token_file = /token\n",
    });
    const why = /a blank before # or ;, and the AWS SDK treats the rest as a comment/;
    refused(
      await resolve(home, 'web'),
      'invalid',
      /In profile web, web_identity_token_file has/,
      why,
    );
    refused(await resolve(home, 'a ;b'), 'invalid', /In profile a ;b, the name has/, why);
  });
});
