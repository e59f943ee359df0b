import type { Command } from 'commander';
import { desktopFailures } from '../../../failures/desktops.ts';
import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { findTarget } from '../../../cli/target/resolve-target.ts';
import { findClient, RDP } from './clients.ts';
import {
  addDesktopOptions,
  CLIENT_OPTION_HINT,
  readDesktopOperands,
  parseUser,
  type DesktopOptions,
} from './desktop-options.ts';
import { readPrivateKey, type PrivateKey } from './read-key.ts';
import { runDesktop } from './run-desktop.ts';
import { decryptPassword } from './windows-password.ts';

const RDP_PORT = '3389';
/** The user whose password EC2 has. */
const ADMINISTRATOR = 'Administrator';

/** What its options are. */
interface RdpOptions extends DesktopOptions {
  readonly user: string;
  readonly key?: string;
}

/** `rdp TARGET`: a desktop by RDP, in a client of this machine. */
export function configureRdp(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Forwards the RDP port of a target to this machine, and starts a client that shows the desktop. The ' +
        'command ends with the client, and with its exit status. A session that ends earlier is replaced.\n' +
        'With --key, the password that EC2 has for a Windows instance is decrypted on this machine. xfreerdp reads ' +
        'it from stdin; for other clients it is shown once, in a terminal only.',
    )
    .usage('[options] [target] [-- arguments...]');
  addDesktopOptions(command, RDP_PORT, 'xfreerdp')
    .option('--user <name>', 'user to log in as', parseUser, ADMINISTRATOR)
    .option(
      '--key <file>',
      'private key that the instance was launched with; - reads it from stdin',
    )
    .action(
      async (
        text: string | undefined,
        args: readonly string[] | undefined,
        options: RdpOptions,
      ) => {
        const { named, clientArgs } = readDesktopOperands(command, context.args, [
          text,
          ...(args ?? []),
        ]);
        const { port, localPort, user, key, reason } = options;
        const privateKey =
          key === undefined ? undefined : await readPrivateKey(key, context.terminal);
        const client = findClient(context, RDP, options);
        const target = await findTarget(context, named);
        const found = privateKey && (await findPassword(context, target.id, privateKey));
        const isRead = client.readsPassword === true;
        if (found !== undefined && !isRead) await showPassword(context, user, found);
        const status = await runDesktop(context, {
          ...{ target, targetText: named, port, localPort, client, clientArgs, user, reason },
          password: isRead ? found : undefined,
        });
        context.exitWith(status);
      },
    );
  return {
    unknownOptionHint: CLIENT_OPTION_HINT,
    examples: examples(
      'rdp i-0123456789abcdef0',
      'rdp win-1 --key ~/.ssh/windows.pem',
      'rdp win-1 --client xfreerdp -- /f',
    ),
  };
}

async function findPassword(
  { aws }: CommandContext,
  target: string,
  { key, name }: PrivateKey,
): Promise<string> {
  if (!target.startsWith('i-'))
    throw new CommandError(desktopFailures['password-elsewhere'](target));
  const data = await (await aws.calls()).passwordData(target);
  if (data === '') throw new CommandError(desktopFailures['password-missing'](target));
  return decryptPassword(data, key, name, target);
}

/** Prints the password only in a terminal: a file or a log would keep it. */
async function showPassword(
  { output, terminal }: CommandContext,
  user: string,
  password: string,
): Promise<void> {
  if (terminal.stdout) await output.print(`Password of ${user}: ${password}\n`);
  else output.notify('The password is not shown, because stdout is not a terminal.');
}
