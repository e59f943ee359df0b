import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { findTarget } from '../../../cli/target/resolve-target.ts';
import { findClient, VNC } from './clients.ts';
import {
  addDesktopOptions,
  CLIENT_OPTION_HINT,
  readDesktopOperands,
  type DesktopOptions,
} from './desktop-options.ts';
import { runDesktop } from './run-desktop.ts';

/** The first display (RFC 6143, section 4). */
const VNC_PORT = '5900';

/** `vnc TARGET`: a desktop by VNC, in a client of this machine. */
export function configureVnc(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Forwards the VNC port of a target to this machine, and starts a client that shows the desktop. The ' +
        'command ends with the client, and with its exit status. A session that ends earlier is replaced.',
    )
    .usage('[options] [target] [-- arguments...]');
  addDesktopOptions(command, VNC_PORT, 'vncviewer').action(
    async (
      text: string | undefined,
      args: readonly string[] | undefined,
      options: DesktopOptions,
    ) => {
      const { named, clientArgs } = readDesktopOperands(command, context.args, [
        text,
        ...(args ?? []),
      ]);
      const { port, localPort, reason } = options;
      const client = findClient(context, VNC, options);
      const target = await findTarget(context, named);
      const status = await runDesktop(context, {
        ...{ target, targetText: named, port, localPort, client, clientArgs, reason },
        user: '',
        password: undefined,
      });
      context.exitWith(status);
    },
  );
  return {
    unknownOptionHint: CLIENT_OPTION_HINT,
    examples: examples('vnc i-0123456789abcdef0', 'vnc desk --port 5901'),
  };
}
