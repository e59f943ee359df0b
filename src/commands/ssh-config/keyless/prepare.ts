import type { Command } from 'commander';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import { announceUse } from './host-key-pair.ts';
import {
  openHostFiles,
  readKnownHost,
  removeOld,
  writeHostConfig,
  type KnownHost,
} from './host-files.ts';
import { parseHostName } from './host-name.ts';
import { isFresh, readHost, remoteOf } from './read-host.ts';

/**
 * `__keyless-prepare HOST USER LOCAL_USER`: what `Match … exec` runs for a host name. It writes what ssh then includes: the
 * default user of the image, for which the target is asked the first time, and the names of files that the ProxyCommand
 * makes. So a run that shares a connection costs no key, and no session.
 *
 * Its status is 1 for ssh to skip the block.
 */
export function configurePrepare(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Prepares what the block of "ssh-config --keyless" includes, for ssh.')
    .argument('<host>', 'host name, as ssh has it')
    .argument('<user>', 'user that ssh logs in as so far')
    .argument(
      '<local-user>',
      'user of this machine, which is that of ssh unless another one was named',
    )
    .action(async (host: string, user: string, localUser: string) => {
      const name = parseHostName(host);
      if (context.env['SESSION_MANAGER_PLUGIN_SSH'] !== undefined || name === undefined) {
        context.exitWith(1);
        return;
      }
      const files = await openHostFiles(context, name);
      await removeOld(context);
      await announceUse(files.key, context.clock.now());
      const known = await readKnownHost(files, context.options);
      // Without a user, the target was asked for the default one, and has none.
      const hasNone =
        known !== undefined && known.target.user === undefined && isFresh(context, known);
      const isKnown = known?.defaultUser !== undefined || hasNone;
      const ask = async (): Promise<KnownHost | undefined> =>
        readHost(context, await remoteOf(context, name), { files, user: undefined });
      // A failure is that of the connection, too, which reports it.
      const found = isKnown || user !== localUser ? known : await ask().catch(() => known);
      await writeHostConfig(files, found?.defaultUser);
    });
  return { examples: examples('__keyless-prepare web-1.ssm ec2-user me') };
}
