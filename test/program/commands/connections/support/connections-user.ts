import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { CompletedRun, PipedProgram } from '../../../support/piped-program.ts';
import { startAccount, WEB_1, WEB_2, type Account } from '../../support/account.ts';
import { outcomeOf, startCommand } from '../../support/run-command.ts';

export const BASTION = { ...WEB_1, nameTag: 'bastion' };
export const OTHER = { ...WEB_2, nameTag: 'db' };
export const USER_FILE = '.config/session-manager-plugin/connections.toml';
/** Keys of the profile `prod`. */
export const PROD_KEY = 'AKIAPRODEXAMPLE00000';

/** A user with a working directory, and an account with a bastion and a node with the Name tag `db`. */
export interface User {
  readonly account: Account;
  readonly home: string;
  start(...args: readonly string[]): PipedProgram;
  run(...args: readonly string[]): Promise<CompletedRun>;
  /** Writes a file of the home directory. */
  write(path: string, text: string): void;
}

/** Starts an account for a user whose home directory has these files, and the profile prod. */
export async function startUser(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<User> {
  const account = await startAccount(t, [BASTION, OTHER]);
  const home = temporaryDirectory(t);
  for (const made of ['.config/session-manager-plugin', '.aws', 'work']) {
    mkdirSync(join(home, made), { recursive: true });
  }
  const write = (path: string, text: string): void => {
    writeFileSync(join(home, path), text);
    chmodSync(join(home, path), 0o600);
  };
  const keys = `aws_access_key_id = ${PROD_KEY}\naws_secret_access_key = x\nregion = eu-west-3\n`;
  write('.aws/config', `[profile prod]\n${keys}`);
  for (const [path, text] of Object.entries(files)) write(path, text);
  const start = (...args: readonly string[]): PipedProgram =>
    startCommand(t, account, args, {
      env: { HOME: home, AWS_REGION: undefined, AWS_DEFAULT_REGION: 'us-east-1' },
      directory: join(home, 'work'),
    });
  return { account, home, write, start, run: (...args) => outcomeOf(start(...args)) };
}

/** Key and region of the calls, each once. */
export function scopesOf({ aws }: Account): readonly string[] {
  const scopes = aws.apiCalls.map(
    ({ authorization }) => /Credential=([^/]+\/\d+\/[^/]+)\//.exec(authorization)?.[1] ?? '',
  );
  return [...new Set(scopes.map((scope) => scope.replace(/\/\d+\//, ' ')))];
}

export const DB = `[db]\ntarget = "bastion"\n`;
export const DB_OF_PROD = `${DB}profile = "prod"\nregion = "eu-central-1"\n`;
