import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Database } from '../../../../src/aws/databases.ts';
import type { DatabaseTokenRequest } from '../../../../src/aws/database-sign-in.ts';
import {
  chooseSignIn,
  credentialOf,
  type SignInOptions,
} from '../../../../src/commands/forward/db/connect/sign-in.ts';
import { failureOf } from '../../../../src/lib/errors/program-error.ts';

const MASTER_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1';
const SECRETS: Readonly<Record<string, string>> = {
  [MASTER_SECRET]: '{"username": "admin", "password": "of the master"}',
  app: '{"username": "app", "password": "of app", "host": "db.example"}',
  plain: 'of nobody\n',
  number: '12345',
  incomplete: '{"username": "app"}',
  lines: 'two\nlines',
  'lines-of-user': '{"username": "a\\nb", "password": "x"}',
};
const RDS: Database = {
  ...{ name: 'shop', service: 'rds', kind: 'instance', engine: 'postgres', family: 'postgres' },
  ...{ host: 'db.example', port: 5432, status: 'available', vpc: '', zones: [], tls: 'possible' },
  ...{ hasIamAuth: false, masterUser: 'admin', masterSecretArn: '', databaseName: '' },
  isClusterMode: false,
};
const CACHE: Database = {
  ...RDS,
  ...{ name: 'Cache', service: 'elasticache', kind: 'cluster', engine: 'valkey', family: 'redis' },
  ...{ tls: 'required', masterUser: '' },
};
const CLIENT = { program: 'client', takesPassword: true };

/** The user and the password: of a token its request; the code of a failure. */
async function signIn(
  database: Partial<Database>,
  options: SignInOptions = {},
  client = CLIENT,
  base = RDS,
): Promise<string | readonly [user: string, password: unknown]> {
  let asked: DatabaseTokenRequest | undefined;
  const calls = {
    secretText: (id: string) => Promise.resolve(SECRETS[id] ?? ''),
    databaseToken(request: DatabaseTokenRequest) {
      asked = request;
      return Promise.resolve('token');
    },
  };
  try {
    const made = { ...base, ...database };
    const found = await chooseSignIn(() => Promise.resolve(calls), made, options, client);
    const credential = await credentialOf(found);
    switch (credential.kind) {
      case 'asked':
        return [found.user, undefined];
      case 'password':
        return [found.user, credential.text];
      case 'token':
        assert.equal(credential.text, 'token');
        return [found.user, asked];
    }
  } catch (error) {
    return failureOf(error).code;
  }
}

const token = (user: string): DatabaseTokenRequest => ({
  ...{ service: 'rds', host: 'db.example', port: 5432, user },
});

describe('signing in to a database', () => {
  for (const [what, database, options, expected] of [
    ['lets the client ask for the master user', {}, {}, ['admin', undefined]],
    ['lets the client ask for another user', {}, { user: 'app' }, ['app', undefined]],
    ['lets the client ask for an unknown user', { masterUser: '' }, {}, ['', undefined]],
    [
      'reads the secret of the master user',
      { masterSecretArn: MASTER_SECRET },
      { user: 'admin' },
      ['admin', 'of the master'],
    ],
    [
      'reads no secret of the master user for another one',
      { masterSecretArn: MASTER_SECRET },
      { user: 'app' },
      ['app', undefined],
    ],
    ['reads a secret that is named', {}, { secret: 'app' }, ['app', 'of app']],
    [
      'prefers a secret that is named, and a user',
      { masterSecretArn: MASTER_SECRET, hasIamAuth: true },
      { secret: 'app', user: 'reports', iam: true },
      ['reports', 'of app'],
    ],
    [
      'reads a text without its line break',
      {},
      { secret: 'plain', user: 'app' },
      ['app', 'of nobody'],
    ],
    [
      'reads a text that is JSON by chance',
      {},
      { secret: 'number', user: 'app' },
      ['app', '12345'],
    ],
    ['refuses JSON without a password', {}, { secret: 'incomplete' }, 'database-secret-unusable'],
    ['refuses a password with lines', {}, { secret: 'lines' }, 'database-secret-unusable'],
    ['refuses a user with lines', {}, { secret: 'lines-of-user' }, 'database-secret-unusable'],
    [
      'makes a token for another user',
      { hasIamAuth: true },
      { user: 'app' },
      ['app', token('app')],
    ],
    ['makes none for the master user', { hasIamAuth: true }, {}, ['admin', undefined]],
    ['makes one for the master user on demand', {}, { iam: true }, ['admin', token('admin')]],
    [
      'makes none when it is not wanted',
      { hasIamAuth: true },
      { user: 'app', iam: false },
      ['app', undefined],
    ],
    ['makes none without a user', { masterUser: '' }, { iam: true }, 'database-token-unusable'],
    ['makes none for DocumentDB', { family: 'docdb' }, { iam: true }, 'database-token-unusable'],
    ['makes none for Redshift', { family: 'redshift' }, { iam: true }, 'database-token-unusable'],
  ] as const) {
    it(what, async () => assert.deepEqual(await signIn(database, options), expected));
  }

  it('makes tokens for the name of a cache, also for its reader, and for a serverless one', async () => {
    const options = { user: 'app' };
    const request = { service: 'elasticache', name: 'Cache', isServerless: false, user: 'app' };
    const hasIamAuth = true;
    for (const [database, expected] of [
      [{}, request],
      [{ name: 'Cache/reader', kind: 'reader' }, request],
      [{ kind: 'serverless' }, { ...request, isServerless: true }],
    ] as const) {
      const signed = await signIn({ ...database, hasIamAuth }, options, CLIENT, CACHE);
      assert.deepEqual(signed, ['app', expected]);
    }
  });

  it('makes no token without TLS', async () => {
    const database = { tls: 'off', hasIamAuth: true } as const;
    const signed = await signIn(database, { user: 'app' }, CLIENT, CACHE);
    assert.deepEqual(signed, ['app', undefined]);
    const wanted = await signIn(database, { user: 'app', iam: true }, CLIENT, CACHE);
    assert.equal(wanted, 'database-token-unusable');
  });

  it('passes no password to a client that takes it as an argument', async () => {
    const client = { program: 'mongosh', takesPassword: false };
    const database = { masterSecretArn: MASTER_SECRET };
    assert.deepEqual(await signIn(database, {}, client), ['admin', undefined]);
    assert.equal(await signIn(database, { secret: 'app' }, client), 'database-client-asks');
    assert.equal(await signIn(database, { iam: true }, client), 'database-client-asks');
  });
});
