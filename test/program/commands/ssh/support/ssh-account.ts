import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AgentOptions, LocalAwsOptions, LocalNode } from '../../../../local-aws/local-aws.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import { startSshServer, type SshServer } from '../../../port/support/ssh/ssh-server.ts';
import { targetPrograms, type TargetPrograms } from '../../../port/support/ssh/target-programs.ts';
import { startAccount, type Account } from '../../support/account.ts';
import { makeRuntime } from '../../support/run-directories.ts';

/** An account with one target, which has a real SSH server. */
export interface SshAccount extends Account, Pick<TargetPrograms, 'letKeysExpire'> {
  readonly server: SshServer;
  /** Of the user on the target. */
  readonly authorizedKeys: string;
  /** Where the program keeps what belongs to a run. */
  readonly runs: string;
  /** For ssh: the port of the server, and no files of the user who runs the tests. */
  readonly options: readonly string[];
  /** `user@id`. */
  readonly login: string;
}

/** How the target differs from one with an SSH server that reads keys from a file only. */
export interface SshAccountOptions {
  readonly node?: Partial<LocalNode>;
  /** Whether sshd asks EC2 Instance Connect for keys. */
  readonly hasInstanceConnect?: boolean;
  readonly aws?: Omit<LocalAwsOptions, 'nodes' | 'sessions'>;
  readonly agent?: Omit<AgentOptions, 'environment'>;
  /** Programs of the target that come first on PATH, by their names. */
  readonly programs?: Readonly<Record<string, string>>;
}

const ID = 'i-00000000000000001';

/** Starts an account whose target has a real SSH server of the user who runs the tests. */
export async function startSshAccount(
  t: TestContext,
  { node, hasInstanceConnect = false, aws, agent, programs = {} }: SshAccountOptions = {},
): Promise<SshAccount> {
  const directory = temporaryDirectory(t);
  const home = join(directory, 'home');
  const authorizedKeys = join(home, 'authorized_keys');
  mkdirSync(home, { mode: 0o700 });
  const runs = makeRuntime(directory);
  const id = node?.id ?? ID;
  const server = await startSshServer(t, {
    authorizedKeysFile: authorizedKeys,
    ...(hasInstanceConnect
      ? { pushedKeys: (user) => account.aws.instanceConnect.activeKeys(id, user) }
      : {}),
  });
  const { environment, letKeysExpire } = targetPrograms(t, server, programs);
  const account: Account = await startAccount(t, [{ id, nameTag: 'web', ...node }], {
    ...aws,
    sessions: { agent: { ...agent, environment } },
  });
  return {
    ...account,
    env: {
      ...account.env,
      ...runs.env,
      XDG_STATE_HOME: join(directory, 'state'),
    },
    ...{ server, authorizedKeys, letKeysExpire },
    runs: runs.of('ssh'),
    options: ['-F', '/dev/null', '-p', String(server.port)],
    login: `${server.user}@${id}`,
  };
}

/** The lines of a file. */
export function linesOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}
