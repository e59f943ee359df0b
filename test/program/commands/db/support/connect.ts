import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LocalAwsOptions, LocalDatabase } from '../../../../local-aws/local-aws.ts';
import {
  createAuthority,
  type CertificateAuthority,
  type ServerCertificate,
} from '../../../../network/certificate-authority.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { CompletedRun } from '../../../support/piped-program.ts';
import { startAccount, WEB_1, type Account } from '../../support/account.ts';
import { SHOP_VPC } from '../../support/databases.ts';
import { outcomeOf, startCommand } from '../../support/run-command.ts';
import { makeRuntime } from '../../support/run-directories.ts';
import type { SecureServer } from './servers.ts';

/** What a client was started with. */
export interface ClientRun {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files of the directory of its files: their modes and texts, by their names. */
  readonly files: Readonly<Record<string, readonly [mode: string, text: string]>>;
}

/** A database of an account, its server, and a machine with clients. */
export interface DatabaseDesk extends Account {
  readonly host: string;
  readonly directory: string;
  readonly authority: CertificateAuthority;
  readonly server: SecureServer;
  /** What clients that record it were started with. */
  readonly client: () => ClientRun;
  /** What is left of their files. */
  readonly left: () => readonly string[];
  /** Runs the program to its end. */
  readonly end: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<CompletedRun>;
}

/** Records what a client is started with, waits for the gate, then is the client. */
const RECORD = `
const { readFileSync, readdirSync, statSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { dirname, join } = require('node:path');
const [name, real, ...args] = process.argv.slice(2);
const env = process.env;
const paths = args.concat(Object.values(env)).map((one) => one.replace(/^--[a-z-]+=/, ''));
const file = paths.find((one) => one.includes('/session-manager-plugin/db/run-'));
const directory = file === undefined ? undefined : dirname(file);
const modeOf = (path) => (statSync(path).mode & 0o777).toString(8);
const files = directory === undefined ? {} : Object.fromEntries(
  readdirSync(directory).map((one) => [one, [modeOf(join(directory, one)), readFileSync(join(directory, one), 'utf8')]]),
);
if (directory !== undefined) files['.'] = [modeOf(directory), ''];
if (!args.includes('--version'))
  writeFileSync(env.CLIENT_RUN, JSON.stringify({ args, env, files }));
if (env.CLIENT_GATE !== undefined && !args.includes('--version')) {
  process.stderr.write('recorded\\n');
  readFileSync(env.CLIENT_GATE);
}
process.exitCode = spawnSync(real, args, { stdio: 'inherit', argv0: name }).status ?? 99;
`;

/** Where the endpoint of the database is. */
export const HOST = 'orders.c1a2b3d4e5f6.us-east-1.rds.example';
const BUNDLE = 'authorities.pem';

/** How a desk differs from the usual. */
export interface DeskOptions extends Pick<LocalAwsOptions, 'secrets' | 'iam'> {
  /** By default of the endpoint. */
  readonly certified?: readonly string[];
  /** Further databases of the account. */
  readonly others?: readonly LocalDatabase[];
  /** Clients that record what they are started with; they are then those that run. */
  readonly recorded?: Readonly<Record<string, string>>;
}

/** @param start - starts the server of the database */
export async function startDesk(
  t: TestContext,
  database: Partial<LocalDatabase>,
  start: (t: TestContext, certificate: ServerCertificate) => Promise<SecureServer>,
  { certified = [`DNS:${HOST}`], recorded = {}, others = [], ...options }: DeskOptions = {},
): Promise<DatabaseDesk> {
  const directory = temporaryDirectory(t);
  const authority = createAuthority(directory, 'Database authority');
  const server = await start(t, authority.issue(certified));
  const account = await startAccount(t, [{ ...WEB_1, vpc: SHOP_VPC }], {
    ...options,
    databases: [
      {
        ...{ name: 'orders', service: 'rds', kind: 'instance', engine: 'postgres' },
        ...{ host: HOST, port: server.port, vpc: SHOP_VPC, ...database },
      },
      ...others,
    ],
    sessions: {
      agent: {
        route: (address) =>
          address.host === HOST ? { host: server.address, port: address.port } : address,
      },
    },
  });
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const runs = makeRuntime(directory);
  writeFileSync(join(directory, 'record.cjs'), RECORD);
  for (const [name, real] of Object.entries(recorded)) {
    const node = `'${process.execPath}' '${join(directory, 'record.cjs')}'`;
    const script = `#!/bin/sh\nexec ${node} ${name} '${real}' "$@"\n`;
    writeFileSync(join(bin, name), script, { mode: 0o755 });
  }
  writeFileSync(join(directory, BUNDLE), authority.certificate);
  const record = join(directory, 'run.json');
  const desk = {
    ...account,
    ...{ host: HOST, directory, authority, server },
    env: {
      ...account.env,
      ...{ PATH: `${bin}:/usr/bin:/bin`, ...runs.env, HOME: directory, CLIENT_RUN: record },
    },
    client: () => JSON.parse(readFileSync(record, 'utf8')) as ClientRun,
    left: () => runs.left('db'),
  };
  return {
    ...desk,
    async end(args, env = {}) {
      const program = startCommand(t, desk, ['db', 'connect', 'orders', ...args], { env });
      program.stdin.end();
      const ran = await outcomeOf(program);
      await desk.aws.sessions.at(-1)?.closed;
      assert.deepEqual(desk.left(), [], ran.stderr);
      return ran;
    },
  };
}

/** Names the file with the authority of the server. */
export function withAuthority({ directory }: DatabaseDesk): readonly string[] {
  return ['--ca', join(directory, BUNDLE)];
}
