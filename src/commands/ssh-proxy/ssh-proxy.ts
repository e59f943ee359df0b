import type { Command } from 'commander';
import { SSH_DOCUMENT } from '../../cli/process/signals/hang-up.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { parsePort } from '../../cli/framework/parse-port.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';

const SSH_PORT = '22';

/** `ssh-proxy TARGET [PORT]`: stdin and stdout are the bytes of a connection to the port. */
export function configureSshProxy(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Connects stdin and stdout to a port of a target. ssh runs this command as its ProxyCommand; ' +
        '"session-manager-plugin ssh-config" prints the lines for ~/.ssh/config that set this up.',
    )
    .argument(
      '<target>',
      'machine with the SSH server: id, connection, Name tag, private address or host name',
    )
    .argument('[port]', 'port of the SSH server', (text: string) => parsePort(text), SSH_PORT)
    .action(async (targetText: string, portNumber: string) => {
      const target = await resolveTarget(context, targetText);
      const request = {
        target,
        documentName: SSH_DOCUMENT,
        parameters: { portNumber: [portNumber] },
      };
      // ssh would show these texts to its user, who has not started this program.
      context.exitWith(await openSession(context, request, { texts: 'nowhere' }));
    });
  return {
    examples: [
      ...examples('ssh-proxy i-0123456789abcdef0 22'),
      "ssh -o ProxyCommand='session-manager-plugin ssh-proxy %h %p' ec2-user@i-0123456789abcdef0",
    ],
  };
}
