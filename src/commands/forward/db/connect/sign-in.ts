import type { DatabaseSignInCalls } from '../../../../aws/database-sign-in.ts';
import type { Database } from '../../../../aws/databases.ts';
import { databaseClientFailures } from '../../../../failures/database-clients.ts';
import { parseObject, stringMember } from '../../../../lib/json.ts';
import { hasControlCharacters, printable } from '../../../../lib/printable.ts';
import { CommandError } from '../../../../cli/framework/command-context.ts';
import type { Credential } from './client-start.ts';
import type { DatabaseClient } from './clients.ts';

/** How the user wants to sign in. */
export interface SignInOptions {
  readonly user?: string;
  /** Name or ARN of a secret. */
  readonly secret?: string;
  /** Whether an IAM token is used; undefined to decide it by the database. */
  readonly iam?: boolean;
}

/** Loads the calls to AWS. */
type FindCalls = () => Promise<DatabaseSignInCalls>;

/** Who signs in, and how. A user is empty for the one that the client chooses. */
export type SignIn =
  /** The client asks for the password, if it can. */
  | { readonly kind: 'asked'; readonly user: string }
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | {
      readonly kind: 'token';
      readonly user: string;
      /** Makes a new IAM token. @throws AwsError */
      readonly makeToken: () => Promise<string>;
    };

/** What a client gets: a token is made for it now. @throws AwsError */
export async function credentialOf(signIn: SignIn): Promise<Credential> {
  switch (signIn.kind) {
    case 'asked':
      return { kind: 'asked' };
    case 'password':
      return { kind: 'password', text: signIn.password };
    case 'token':
      return { kind: 'token', text: await signIn.makeToken() };
  }
}

/**
 * Chooses how to sign in: the named secret, an IAM token, the secret that AWS manages for the master user, or whatever the client
 * asks for. Secrets are read at once.
 *
 * @throws CommandError or AwsError
 */
export async function chooseSignIn(
  calls: FindCalls,
  database: Database,
  { user: named, secret, iam }: SignInOptions,
  { program, takesPassword }: Pick<DatabaseClient, 'program' | 'takesPassword'>,
): Promise<SignIn> {
  const { masterUser, masterSecretArn, hasIamAuth } = database;
  const user = named ?? masterUser;
  const isMaster = user === masterUser;
  if (!takesPassword) {
    if (secret === undefined && iam !== true) return { kind: 'asked', user };
    const failure = databaseClientFailures['database-client-asks'];
    throw new CommandError(failure(program));
  }
  if (secret !== undefined) return signInBySecret(calls, secret, named ?? '', masterUser);
  const takesToken = hasIamAuth && !isMaster && database.tls !== 'off';
  if (iam ?? takesToken) return signInByToken(calls, database, user);
  if (isMaster && masterSecretArn !== '') {
    return signInBySecret(calls, masterSecretArn, masterUser, masterUser);
  }
  return { kind: 'asked', user };
}

/** @param named - has precedence over the user of the secret */
async function signInBySecret(
  calls: FindCalls,
  id: string,
  named: string,
  masterUser: string,
): Promise<SignIn> {
  const text = await (await calls()).secretText(id);
  const json = parseObject(text);
  // A file that was stored as a secret ends with a line break.
  const password = json ? stringMember(json, 'password') : text.replace(/\r?\n$/, '');
  const secretUser = json ? stringMember(json, 'username') : '';
  const unusable = (why: string): CommandError =>
    new CommandError(databaseClientFailures['database-secret-unusable'](printable(id), why));
  if (password === '') throw unusable('it is JSON without a "password"');
  // The files of clients consist of lines.
  if (hasControlCharacters(password + secretUser)) throw unusable('it has a control character');
  const user = named || secretUser || masterUser;
  return { kind: 'password', user, password };
}

function signInByToken(
  calls: FindCalls,
  { name, kind, family, host, port, tls }: Database,
  user: string,
): SignIn {
  const unusable = (why: string, remedy: string): CommandError =>
    new CommandError(databaseClientFailures['database-token-unusable'](name, why, remedy));
  const isSql = family === 'postgres' || family === 'mysql';
  if (!isSql && family !== 'redis')
    throw unusable(`this program makes none for ${family}`, 'Leave --iam out');
  if (tls === 'off') throw unusable('it has no TLS', 'Leave --iam out');
  if (user === '') throw unusable('its user is unknown', 'Name the user: --user NAME');
  const request = isSql
    ? ({ service: 'rds', host, port, user } as const)
    : ({
        service: 'elasticache',
        // A reader endpoint is of the same cache.
        name: name.replace(/\/.*/, ''),
        isServerless: kind === 'serverless',
        user,
      } as const);
  return { kind: 'token', user, makeToken: async () => (await calls()).databaseToken(request) };
}
