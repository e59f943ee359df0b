import type { Command } from 'commander';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { findOpenSsh } from '../../cli/ssh/find-openssh.ts';
import { findTarget } from '../../cli/target/resolve-target.ts';
import { sshFailures } from '../../failures/ssh.ts';
import { runSsh, runSshQuery } from './run-ssh.ts';
import { readSshArguments } from './ssh-arguments.ts';

/** `ssh TARGET`: OpenSSH through a session, with a temporary key. */
export function configureSsh(command: Command, context: CommandContext): CommandHelp {
  // What follows is for ssh.
  command.parent?.enablePositionalOptions();
  command
    .description(
      'Logs in to a target with ssh and a temporary key, which the target accepts for about a minute. The host keys of the ' +
        'target are read through a session, so ssh asks nothing. If neither you nor ~/.ssh/config names a user, it is the default user of the image.\n' +
        'Options of ssh come after those of this command: before the target or after it.',
    )
    .usage('[options] [user@]target [ssh options] [-- command...]')
    .argument(
      '[target]',
      'machine to log in to: id, connection, Name tag, private address or host name; after user@ if you name the user',
    )
    .argument('[arguments...]', 'options of ssh, and a command')
    .option('--reason <text>', 'note for the session history')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (_target: unknown, _words: unknown, { reason }: { readonly reason?: string }) => {
      const given = readSshArguments(command, command.args);
      const openSsh = await findOpenSsh(context);
      if (given.isQuery) {
        context.exitWith(await runSshQuery(context, openSsh, given));
        return;
      }
      const target = await findTarget(context, given.targetText);
      if (target.container !== undefined || target.id.startsWith('ecs:')) {
        throw new CommandError(sshFailures['ssh-container'](target.title));
      }
      context.exitWith(await runSsh(context, { target, given, openSsh, reason }));
    });
  return {
    examples: examples(
      'ssh i-0123456789abcdef0',
      'ssh --profile work ubuntu@web -L 8080:localhost:80',
      'ssh web -- systemctl is-active nginx',
    ),
  };
}
