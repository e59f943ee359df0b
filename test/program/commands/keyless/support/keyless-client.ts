import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { CURL, SSH, SSHD } from '../../../../support/tools.ts';
import {
  completed,
  startCommandPiped,
  type CompletedRun,
  type PipedProgram,
} from '../../../support/piped-program.ts';
import { LAUNCHER, programCommand, type Environment } from '../../../support/program.ts';
import {
  startSshAccount,
  type SshAccount,
  type SshAccountOptions,
} from '../../ssh/support/ssh-account.ts';
import { runAlone, withoutWaits } from '../../support/run-command.ts';

/** What tests of the block need. */
export const KEYLESS_TOOLS = [SSH, SSHD, CURL] as const;

/** A user's OpenSSH with the block of `ssh-config --keyless`, and a target whose SSH server has no key of the user. */
export interface KeylessClient extends Omit<SshAccount, 'run'> {
  /** Where the user has files of their own. */
  readonly home: string;
  /** The directory of the block. */
  readonly files: string;
  /** Starts a program of OpenSSH with the block. */
  start(program: string, ...args: readonly string[]): PipedProgram;
  /** Runs a program of OpenSSH to its end. */
  run(program: string, ...args: readonly string[]): Promise<CompletedRun>;
  /** Runs another program; the block is that of the ssh which is called `keyless-ssh`. */
  runOther(...command: readonly string[]): Promise<CompletedRun>;
  /** Names in the directory of the block; empty when there is none. */
  fileNames(): readonly string[];
}

/** How it differs from the usual. */
export interface KeylessOptions extends SshAccountOptions {
  /** Options of `ssh-config`; by default, the region. */
  readonly words?: readonly string[];
  /** Lines of the configuration after the block. */
  readonly lines?: readonly string[];
  readonly env?: Environment;
}

/** Starts a target, its server, and prepares a client. */
export async function startKeyless(
  t: TestContext,
  { words, lines = [], env: own = {}, ...options }: KeylessOptions = {},
): Promise<KeylessClient> {
  const account = await startSshAccount(t, { hasInstanceConnect: true, ...options });
  const { directory, port } = account.server;
  const home = join(directory, 'home');
  const programs = join(directory, 'client-programs');
  mkdirSync(home);
  mkdirSync(programs);
  programCommand([]);
  symlinkSync(LAUNCHER, join(programs, 'session-manager-plugin'));
  symlinkSync(process.execPath, join(programs, 'node'));
  const env: Environment = {
    ...account.env,
    ...{ HOME: home, SHELL: '/bin/sh', GIT_SSH_COMMAND: 'keyless-ssh' },
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
    ...own,
  };
  const configuration = join(directory, 'config');
  const args = ['ssh-config', '--keyless', ...(words ?? ['--region', account.aws.region])];
  const { stdout: block } = await runAlone(t, args, env);
  const others = ['Match all', `Port ${port}`, 'BatchMode yes', 'LogLevel ERROR', ...lines, ''];
  writeFileSync(configuration, block + others.join('\n'), { mode: 0o600 });
  const script = `#!/bin/sh\nexec ssh -F ${configuration} "$@"\n`;
  writeFileSync(join(programs, 'keyless-ssh'), script, { mode: 0o755 });
  const finish = async (child: PipedProgram): Promise<CompletedRun> => {
    const { status, stdout, stderr } = await completed(child);
    return { status, stdout, stderr: withoutWaits(stderr) };
  };
  const start = (program: string, ...rest: readonly string[]): PipedProgram =>
    startCommandPiped(t, [program, '-F', configuration, ...rest], { env });
  const files = join(env['XDG_STATE_HOME'] ?? '', 'session-manager-plugin', 'keyless');
  return {
    ...account,
    ...{ home, files, env, start },
    run: (program, ...rest) => finish(start(program, ...rest)),
    runOther: (...command) => finish(startCommandPiped(t, command, { env })),
    fileNames: () => (existsSync(files) ? readdirSync(files).sort() : []),
  };
}
