import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createKmsApi } from '../../local-aws/api/kms-api.ts';
import { LOCAL_IDENTITY } from '../../local-aws/api/credentials/sts-api.ts';
import { createIam } from '../../local-aws/iam/iam.ts';
import type { Policy } from '../../local-aws/iam/policy.ts';
import type { LocalAws, LocalDatabase, LocalSession } from '../../local-aws/local-aws.ts';
import { serve } from '../../network/local-server.ts';
import { startService } from '../../program/port/support/target-service.ts';
import { startCommandPiped, type PipedProgram } from '../../program/support/piped-program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startAccount } from './account.ts';
import { createAliases } from './aliases.ts';
import { createMachine } from './machine.ts';

/** A command that a user runs, and what happens meanwhile. */
export interface Use {
  readonly command: readonly [string, ...string[]];
  /** What is piped into it. Nothing when left out. */
  readonly input?: string;
  /** The command is terminated once its session has begun. Before that, with `cut`, its connection is lost and resumed; with `lost`, it cannot be resumed. */
  readonly disturbance?: 'stop' | 'cut' | 'lost';
  /** Whether the account encrypts sessions. */
  readonly encrypted?: boolean;
  /** Programs of the target that come first on PATH, by their names. */
  readonly targetPrograms?: Readonly<Record<string, string>>;
  /** An instance that is stopped at first. */
  readonly stopped?: string;
}

/** The policies of both sides. */
export interface Permissions {
  readonly user: readonly Policy[];
  /** Everything is allowed when left out. */
  readonly node?: readonly Policy[];
}

type Condition = Parameters<LocalSession['until']>[1];

/** What became of a use. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Actions that were refused, each once. */
  readonly refused: readonly string[];
  /** Whether a lost connection was resumed. */
  readonly resumed: boolean;
  /** Whether the session that was started is still open on the service. */
  readonly open: boolean;
}

/** The tasks of ECS. */
const TASKS = [
  { cluster: 'shop', service: 'web', id: '0123456789abcdef', containers: [{ name: 'app' }] },
];
/** A database, a domain, and a cache in subnets that no group has. */
const DATABASES: readonly LocalDatabase[] = [
  {
    ...{ name: 'shop', service: 'rds', kind: 'instance', engine: 'postgres' },
    // The zone of the node that the policies are about.
    ...{ host: 'shop.c0.us-east-1.rds.example', zone: 'us-east-1b' },
  },
  {
    ...{ name: 'logs', service: 'opensearch', kind: 'domain', engine: 'opensearch' },
    host: 'vpc-logs.us-east-1.es.example',
  },
  {
    ...{ name: 'counters', service: 'elasticache', kind: 'serverless', engine: 'valkey' },
    ...{ host: 'counters.use1.cache.example', vpc: 'vpc-0f0e0d0c0b0a09080' },
  },
];
const SECRETS = { 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/app': 'secret' };
/** A node that Run Command does not find. */
const UNKNOWN_NODE = 'i-0fedcba9876543210';
const KMS_KEY = 'arn:aws:kms:us-east-1:123456789012:key/sessions';
const NODE = { ...LOCAL_IDENTITY, arn: 'arn:aws:sts::123456789012:assumed-role/node/i-0' };

/** Runs a command as a user with exactly these permissions, in an account of its own. */
export async function useWith(
  t: TestContext,
  permissions: Permissions,
  use: Use,
): Promise<Outcome> {
  const iam = createIam(LOCAL_IDENTITY);
  const ofNode = createIam(NODE);
  iam.attach(permissions.user);
  ofNode.attach(permissions.node);
  const kms = createKmsApi(iam);
  kms.setKey(KMS_KEY, 'enabled');
  const encryption = {
    kmsKeyId: KMS_KEY,
    decryptDataKey(blob: Buffer, context: Readonly<Record<string, string>>): Buffer {
      const refusal = ofNode.refusal([{ action: 'kms:Decrypt', resource: KMS_KEY }]);
      if (refusal !== undefined) throw new Error(refusal);
      return kms.decrypt(blob, context);
    },
  };
  const directory = temporaryDirectory(t);
  const aliases = await createAliases();
  // Answers one line, and ends.
  const ssh = await startService(t, (socket) => socket.once('data', (line) => socket.end(line)));
  const aws = await startAccount(t, join(directory, 'target'), aliases, {
    sshPort: ssh.port,
    aws: {
      ...{ iam, runCommand: { unknown: [UNKNOWN_NODE] }, tasks: TASKS, databases: DATABASES },
      secrets: SECRETS,
    },
    agent: {
      ...(use.encrypted === true ? { encryption } : {}),
      environment: { PATH: targetPath(directory, use.targetPrograms) },
    },
  });
  if (use.stopped !== undefined) {
    const boot = [{ instanceState: 'running', pingStatus: 'Online' }] as const;
    aws.changeNode(use.stopped, {
      ...{ instanceState: 'stopped', pingStatus: 'ConnectionLost', boot },
    });
  }
  const kmsPort = await serve(t, kms.listener);
  const env = { AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${kmsPort}` };
  const machine = createMachine(t, directory, { aws, aliases, env });
  const started = aws.nextSession();
  const program = startCommandPiped(t, use.command, { env: machine.env, directory: machine.home });
  const { resumed, status } = await follow(program, use, started);
  return {
    status,
    stdout: program.stdout.text,
    stderr: program.stderr.text,
    refused: [...new Set([...iam.refused, ...ofNode.refused])],
    resumed,
    open: isOpen(aws),
  };
}

function targetPath(directory: string, programs: Use['targetPrograms'] = {}): string {
  const bin = join(directory, 'target-programs');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return `${bin}:${process.env['PATH'] ?? ''}`;
}

async function follow(
  program: PipedProgram,
  { disturbance, input }: Use,
  started: Promise<LocalSession>,
): Promise<Pick<Outcome, 'status' | 'resumed'>> {
  const end = program.end();
  if (disturbance === undefined) {
    program.stdin.end(input);
    return { status: (await end).status, resumed: false };
  }
  let ended = false;
  const atEnd = end.then(() => {
    ended = true;
    return undefined;
  });
  const hasEnded = (): boolean => ended;
  /** Resolves when a session has come so far, or when the program has ended. */
  const reached = async (what: string, condition: Condition): Promise<void> => {
    const session = await Promise.race([started, atEnd]);
    // A session that has ended comes no further.
    await Promise.race([session?.until(what, condition).catch(() => undefined), atEnd]);
  };
  await reached('frames of the client', ({ clientConnected, record }) => {
    return clientConnected && record.framesFromClient > 0;
  });
  if (!hasEnded() && disturbance !== 'stop') {
    const session = await started;
    if (disturbance === 'cut') session.expireToken();
    else session.setGateway('unavailable');
    session.cutClient();
    if (disturbance === 'cut') await reached('a second connection', isResumed);
    else await reached('an attempt to resume', ({ record }) => record.resumeCalls > 0);
  }
  const resumed = !hasEnded() && isResumed(await started);
  if (!hasEnded()) program.kill('SIGTERM');
  return { status: (await end).status, resumed };
}

function isResumed({ record }: LocalSession): boolean {
  return record.connections.slice(1).some(({ accepted }) => accepted);
}

function isOpen(aws: LocalAws): boolean {
  return aws.sessions.some(({ end }) => end === undefined);
}
