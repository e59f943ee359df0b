import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  startLocalAws,
  type AgentOptions,
  type LocalAws,
  type LocalAwsOptions,
  type LocalNode,
} from '../../local-aws/local-aws.ts';
import { serve } from '../../network/local-server.ts';
import { startService } from '../../program/port/support/target-service.ts';
import { REMOTE_PROMPT } from './console-block.ts';
import type { Aliases } from './aliases.ts';

/** The managed nodes that the guides name. */
const NODES: readonly LocalNode[] = [
  {
    ...node({ id: 'i-0123456789abcdef0', nameTag: 'web', host: 'web-1', ipAddress: '10.0.0.7' }),
    zone: 'us-east-1b',
  },
  node({ id: 'i-0fedcba9876543210', nameTag: 'web', host: 'web-2', ipAddress: '10.0.0.8' }),
  node({ id: 'i-02468ace13579bdf0', nameTag: 'bastion', host: 'bastion', ipAddress: '10.0.0.20' }),
  {
    ...node({
      id: 'mi-0a1b2c3d4e5f67890',
      nameTag: 'printer',
      host: 'printer',
      ipAddress: '10.1.0.9',
    }),
    ...{ platformType: 'Windows', platformName: 'Microsoft Windows Server 2022 Datacenter' },
    ...{ platformVersion: '10.0.20348', pingStatus: 'ConnectionLost', agentVersion: '2.3.612.0' },
  },
];

/** Systems Manager knows it once it has been started, and its agent has registered. */
const STOPPED: LocalNode = {
  ...node({ id: 'i-0579bdf13579bdf13', nameTag: 'batch', host: 'batch', ipAddress: '10.0.0.30' }),
  ...{ managed: false, instanceState: 'stopped' },
  boot: [{ instanceState: 'running' }, { managed: true }],
};

/** Programs that are on the target and perhaps not on this machine. */
const REMOTE_PROGRAMS: Readonly<Record<string, string>> = {
  hostname: 'echo web-1',
  systemctl: '[ "$1 $2" = "is-active nginx" ] && echo active',
  deploy: 'echo "deploying $1"; [ "$1" != broken ] || { echo "no such release" >&2; exit 3; }',
};

/** What is different for a guide. */
export interface AccountOptions {
  /** Port of an SSH server that is the target's. */
  readonly sshPort?: number;
  readonly aws?: Pick<
    LocalAwsOptions,
    | 'tls'
    | 'hostName'
    | 'sessionId'
    | 'iam'
    | 'runCommand'
    | 'access'
    | 'tasks'
    | 'databases'
    | 'secrets'
  >;
  /** Where databases really are on this machine. By default they greet. */
  readonly databasePort?: number | undefined;
  /** The encrypted password of all instances ({@link LocalNode}). */
  readonly passwordData?: string;
  /** What is different about the agent of each session. */
  readonly agent?: Pick<AgentOptions, 'encryption' | 'environment'>;
}

/**
 * Starts the account that the guides are written for: nodes, the programs on them, and the hosts that
 * they reach: a web server on the target's port 80, which is `web.internal:80`, too, `db.internal:5432`, `cache.internal:6379`.
 *
 * @param directory - for the files of the target; removed by its owner
 */
export async function startAccount(
  t: TestContext,
  directory: string,
  aliases: Aliases,
  options: AccountOptions = {},
): Promise<LocalAws> {
  const programs = join(directory, 'bin');
  mkdirSync(programs, { recursive: true });
  for (const [name, script] of Object.entries(REMOTE_PROGRAMS)) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const web = await serve(t, (_, response) => response.end('hello from web-1\n'));
  const talker = await startService(t, (socket) => socket.end('hello from behind web-1\n'));
  const real: Readonly<Record<string, number | undefined>> = {
    ':80': web,
    'localhost:80': web,
    'db.internal:5432': talker.port,
    'cache.internal:6379': talker.port,
    'web.internal:80': web,
    ':22': options.sshPort,
    ...Object.fromEntries(
      (options.aws?.databases ?? []).map(({ host, port = 5432 }) => [
        `${host}:${port}`,
        options.databasePort ?? talker.port,
      ]),
    ),
  };
  const aws = await startLocalAws({
    ...options.aws,
    nodes: [...NODES, STOPPED].map((one) => ({ ...one, ...passwordOf(options) })),
    sessions: {
      agent: {
        ...options.agent,
        home: directory,
        environment: {
          PATH: `${programs}:${options.agent?.environment?.['PATH'] ?? process.env['PATH'] ?? ''}`,
          PS1: REMOTE_PROMPT,
        },
        // A port of the reader's machine may be replaced by another one here, and may be named again.
        route: ({ host, port }) => ({
          host: '127.0.0.1',
          port: real[`${host}:${aliases.documented(String(port))}`] ?? 1,
        }),
      },
    },
  });
  t.after(() => aws.close());
  return aws;
}

function passwordOf({ passwordData }: AccountOptions): Pick<LocalNode, 'passwordData'> {
  return passwordData === undefined ? {} : { passwordData };
}

function node(
  facts: Pick<LocalNode, 'id' | 'nameTag' | 'ipAddress'> & { readonly host: string },
): LocalNode {
  const { host, ...rest } = facts;
  const computerName = `${host}.example.internal`;
  return { ...rest, computerName, platformName: 'Amazon Linux', platformVersion: '2023' };
}
