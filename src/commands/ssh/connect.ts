import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { parsePort } from '../../cli/framework/parse-port.ts';
import { SSH_DOCUMENT } from '../../cli/process/signals/hang-up.ts';
import { createRemote } from '../../cli/remote/remote.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { pushKey, type PushWay } from '../../cli/ssh/push-key.ts';
import { readPublicKey } from '../../cli/ssh/temporary-key.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { readPushed, readWay, writePushed } from './pushed.ts';
import { runFiles, type RunFiles } from './ssh-options.ts';

/** A key that was pushed before the connection is used up to this age, in milliseconds: the rest of its lifetime is enough to log in. */
const FRESH_MS = 20_000;

const WAY_TEXTS: Readonly<Record<PushWay, string>> = {
  'instance-connect': 'EC2 Instance Connect',
  command: 'a command on the target',
};

interface ConnectOptions {
  readonly reason?: string;
  readonly verbose?: true;
}

/** `__ssh-connect ID USER DIRECTORY PORT`: the ProxyCommand of `ssh`, which pushes the key right before it connects. */
export function configureSshConnect(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Pushes the temporary key, and connects stdin and stdout to the port, for ssh.')
    .argument('<id>', 'id of the target')
    .argument('<user>', 'user there')
    .argument('<directory>', 'of the run')
    .argument('<port>', 'port of the SSH server', (text: string) => parsePort(text))
    .option('--reason <text>', 'note for the session history')
    .option('--verbose', 'print how the key was pushed')
    .action(
      async (
        target: string,
        user: string,
        directory: string,
        portNumber: string,
        { reason, verbose }: ConnectOptions,
      ) => {
        const files = runFiles(directory);
        let way: PushWay | undefined;
        try {
          way = await push(context, files, { target, user, reason });
        } catch (error) {
          if (existsSync(directory)) throw error;
          // A signal has ended the run, which has removed its files.
          context.exitWith(EXIT_OWN_FAILURE);
        }
        // A signal ends the command.
        if (way === undefined) return;
        if (verbose === true) context.output.notify(`The key was pushed by ${WAY_TEXTS[way]}.`);
        const status = await openSession(
          context,
          {
            ...{ target, documentName: SSH_DOCUMENT, parameters: { portNumber: [portNumber] } },
            ...(reason === undefined ? {} : { reason }),
          },
          { texts: 'nowhere' },
        );
        // With `-f`, the run may have ended and removed its files.
        if (status === EXIT_OWN_FAILURE && existsSync(directory)) writeFileSync(files.failed, '');
        context.exitWith(status);
      },
    );
  return { examples: examples('__ssh-connect i-0123456789abcdef0 ec2-user DIRECTORY 22') };
}

/** Pushes the key, unless it was already pushed for this connection. */
async function push(
  context: CommandContext,
  files: RunFiles,
  {
    target: id,
    user,
    reason,
  }: { readonly target: string; readonly user: string; readonly reason: string | undefined },
): Promise<PushWay | undefined> {
  const now = context.clock.now();
  const before = readPushed(files);
  if (before?.isUsed === false && now - before.at < FRESH_MS) {
    await writePushed(files, { ...before, isUsed: true });
    return before.way;
  }
  const target = { id, title: id, node: undefined };
  const remote = createRemote({ context, target, reason, stopped: context.interrupted });
  const way = await pushKey(remote, user, await readPublicKey(files.key), readWay(files));
  if (way !== undefined) await writePushed(files, { way, at: context.clock.now(), isUsed: true });
  return way;
}
