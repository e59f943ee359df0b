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
 * `__keyless-prepare HOST USER LOCAL_USER`: what `Match … exec` runs for a host name. It writes the file that ssh then includes,
 * with the default user of the image (which the target is asked for the first time) and the paths of files that the
 * ProxyCommand makes. So a run that shares a connection needs no key and no session.
 *
 * With status 1, ssh skips the block.
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
      // No user was named, and the target has no default one.
      const hasNone =
        known !== undefined && known.target.user === undefined && isFresh(context, known);
      const isKnown = known?.defaultUser !== undefined || hasNone;
      const ask = async (): Promise<KnownHost | undefined> =>
        readHost(context, await remoteOf(context, name), { files, user: undefined });
      // The connection fails for the same reason, and reports it.
      const found = isKnown || user !== localUser ? known : await ask().catch(() => known);
      await writeHostConfig(files, found?.defaultUser);
    });
  return { examples: examples('__keyless-prepare web-1.ssm ec2-user me') };
}
