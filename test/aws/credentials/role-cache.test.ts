import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  readRoleCache,
  roleCachePath,
  writeRoleCache,
} from '../../../src/aws/credentials/role-cache.ts';
import { homeWith } from '../aws-files.ts';

const ROLE = 'arn:aws:iam::123456789012:role/r';

/** Keys that botocore makes for the same settings (`AssumeRoleCredentialFetcher._cache_key`). */
const KEYS: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['a role alone', { role_arn: ROLE }, '6dc9e6e1e186b9f293814df3266de783142c48a2'],
  [
    'an MFA device',
    { role_arn: ROLE, mfa_serial: 'arn:aws:iam::123456789012:mfa/jane' },
    '3469246384cb32d1cdf5a37dd8da388b1965414d',
  ],
  [
    'a name, an external id and a duration',
    {
      role_arn: 'arn:aws:iam::1:role/r',
      role_session_name: 'jane',
      external_id: 'a"b\\c/d',
      duration_seconds: '7200',
    },
    'fde0ad50120a6d278500ab6f10afa6bf219bc886',
  ],
  [
    'characters beyond ASCII',
    { role_arn: 'arn:aws:iam::1:role/ünï', external_id: '日本 \u{1f600}\x7f' },
    '50d7db7166b86d717438be45b8ef5fbe53bc6042',
  ],
  [
    'a duration that is no number',
    { role_arn: 'arn:aws:iam::1:role/r', duration_seconds: 'an hour' },
    '296af0900b5a5e948c19d3110989c909c2d4a0a9',
  ],
  [
    'a duration with a sign',
    { role_arn: 'arn:aws:iam::1:role/r', duration_seconds: '+0900' },
    'bde190cc053a4507cb764006c51a7f49ddc03877',
  ],
  [
    'settings that do not count',
    { role_arn: ROLE, source_profile: 'base', region: 'eu-west-1', external_id: '' },
    '6dc9e6e1e186b9f293814df3266de783142c48a2',
  ],
];

describe('the AWS CLI keeps the credentials of a role in a file named after', () => {
  for (const [what, settings, key] of KEYS) {
    it(what, () => {
      const path = roleCachePath(settings, { HOME: '/home/jane' });
      assert.equal(path, `/home/jane/.aws/cli/cache/${key}.json`);
    });
  }
});

describe('a file of the cache', () => {
  const credentials = { AccessKeyId: 'AK', SecretAccessKey: 'secret', SessionToken: 'token' };
  for (const [what, end] of [
    ['UTC', '2030-01-02T03:04:05UTC'],
    ['Z', '2030-01-02T03:04:05Z'],
    ['an offset', '2030-01-02T05:04:05+02:00'],
  ] as const) {
    it(`is read with an end in ${what}`, async (t) => {
      const contents = JSON.stringify({ Credentials: { ...credentials, Expiration: end } });
      const path = join(homeWith(t, { 'cache.json': contents }), 'cache.json');
      assert.deepEqual(await readRoleCache(path), {
        accessKeyId: 'AK',
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: new Date('2030-01-02T03:04:05Z'),
      });
    });
  }

  for (const [what, contents] of [
    ['no JSON', '{"Credentials":'],
    ['no object', '[1]'],
    ['no end', JSON.stringify({ Credentials: credentials })],
    ['no keys', JSON.stringify({ Credentials: { Expiration: '2030-01-02T03:04:05Z' } })],
  ] as const) {
    it(`with ${what} counts as none`, async (t) => {
      const path = join(homeWith(t, { 'cache.json': contents }), 'cache.json');
      assert.equal(await readRoleCache(path), undefined);
    });
  }

  it('is written for its owner alone, and read again', async (t) => {
    const kept = {
      accessKeyId: 'AK',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: new Date('2030-01-02T03:04:05Z'),
    };
    const path = roleCachePath({ role_arn: ROLE }, { HOME: homeWith(t, {}) });
    await writeRoleCache(path, kept);
    assert.deepEqual(await readRoleCache(path), kept);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
  });
});
