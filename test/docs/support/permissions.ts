import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createKmsApi } from '../../local-aws/api/kms-api.ts';
import { LOCAL_IDENTITY } from '../../local-aws/api/sts-api.ts';
import { createIam } from '../../local-aws/iam/iam.ts';
import type { Policy } from '../../local-aws/iam/policy.ts';
import type { AgentOptions, LocalAws, LocalSession } from '../../local-aws/local-aws.ts';
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
  /**
   * `cut`: its connection is lost, and once it is resumed the command is terminated. `terminate`: the
   * command is terminated as soon as its session has begun.
   */
  readonly disturbance?: 'cut' | 'terminate';
  readonly agent?: Pick<AgentOptions, 'version'>;
  /** Whether the account encrypts sessions. */
  readonly encrypted?: boolean;
}

/** The policies of both sides. */
export interface Permissions {
  readonly user: readonly Policy[];
  /** Everything is allowed when left out. */
  readonly node?: readonly Policy[];
}

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
  const ssh = await startService(t, (socket) => socket.end('SSH-2.0-node\r\n'));
  const aws = await startAccount(t, join(directory, 'target'), aliases, {
    sshPort: ssh.port,
    aws: { iam },
    agent: { ...use.agent, ...(use.encrypted === true ? { encryption } : {}) },
  });
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

async function follow(
  program: PipedProgram,
  { disturbance, input }: Use,
  started: Promise<LocalSession>,
): Promise<Pick<Outcome, 'status' | 'resumed'>> {
  const end = program.end();
  let resumed = false;
  if (disturbance === undefined) {
    program.stdin.end(input);
    return { status: (await end).status, resumed };
  }
  const session = await Promise.race([started, end.then(() => undefined)]);
  const begun = session?.until(
    'frames of the client',
    ({ record, clientConnected }) => clientConnected && record.framesFromClient > 0,
  );
  await Promise.race([begun, end]);
  if (session !== undefined && disturbance === 'cut') {
    session.cutClient();
    const again = session.until('a second connection', ({ record }) =>
      record.connections.slice(1).some(({ accepted }) => accepted),
    );
    resumed = await Promise.race([again.then(() => true), end.then(() => false)]);
  }
  const running = await Promise.race([end.then(() => false), Promise.resolve(true)]);
  if (running) program.kill('SIGTERM');
  return { status: (await end).status, resumed };
}

function isOpen(aws: LocalAws): boolean {
  return aws.sessions.some(({ end }) => end === undefined);
}
