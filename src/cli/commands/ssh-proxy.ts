import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { examples } from './command-line.ts';
import { openSession } from './open-session.ts';
import { parsePort } from './parse-port.ts';
import { resolveTarget } from './resolve-target.ts';

const DOCUMENT = 'AWS-StartSSHSession';
const SSH_PORT = '22';

/** `ssh-proxy TARGET [PORT]`: stdin and stdout are the bytes of a connection to the port. */
export function registerSshProxy(program: Command, context: CommandContext): void {
  program
    .command('ssh-proxy')
    .summary("the connection below ssh, as ssh's ProxyCommand")
    .description(
      'Joins stdin and stdout to a port of a target, as the ProxyCommand of ssh. "ssh-config" prints the lines for ssh_config.',
    )
    .argument('<target>', 'with the SSH server')
    .argument('[port]', 'of the SSH server', parsePort, SSH_PORT)
    .addHelpText(
      'after',
      [
        examples('ssh-proxy i-0123456789abcdef0 22'),
        "  ssh -o ProxyCommand='session-manager-plugin ssh-proxy %h %p' ec2-user@i-0123456789abcdef0",
      ].join('\n'),
    )
    .action(async (targetText: string, portNumber: string) => {
      const target = await resolveTarget(context, targetText);
      const request = {
        target,
        documentName: DOCUMENT,
        parameters: { portNumber: [portNumber] },
      };
      // ssh shows what its ProxyCommand says, and nobody has asked for it.
      // With -f and ControlPersist the ssh that has started it goes, and another has the connection:
      // that one's end is the end of stdin.
      const words = { texts: 'nowhere', endsWithParent: false } as const;
      context.exitWith(await openSession(context, request, words));
    });
}
