import { commandFailures } from '../../failures/commands.ts';
import type { Command } from 'commander';
import { hasControlCharacters } from '../../lib/printable.ts';
import {
  CommandError,
  type CommandContext,
  type CommonOptions,
} from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';

/** `ssh-config`: the block with which ssh, scp and programs that use them reach targets by their ids. */
export function configureSshConfig(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Prints the lines for ~/.ssh/config with which ssh, scp and rsync reach targets by id. ' +
        'If you pass --profile, --region or --endpoint-url, the lines contain them.',
    )
    .action(async () => {
      await context.output.print(sshConfig(context.options));
    });
  return {
    examples: examples(
      'ssh-config >> ~/.ssh/config',
      'ssh-config --profile work --region eu-central-1 >> ~/.ssh/config',
    ),
  };
}

/**
 * A block of ssh_config(5).
 *
 * @throws CommandError when a value would begin another line of the block, or cannot be shown
 */
function sshConfig(options: Pick<CommonOptions, 'profile' | 'region' | 'endpointUrl'>): string {
  const given = [
    ['--profile', options.profile],
    ['--region', options.region],
    ['--endpoint-url', options.endpointUrl],
  ] as const;
  for (const [option, value] of given) {
    if (hasControlCharacters(value)) {
      throw new CommandError(commandFailures['option-not-printable'](option, value));
    }
  }
  const words = given.flatMap(([option, value]) => (value === '' ? [] : [option, escape(value)]));
  return [
    '# SSH through AWS Systems Manager: ssh ec2-user@i-0123456789abcdef0',
    'Host i-* mi-*',
    `    ProxyCommand ${['session-manager-plugin', 'ssh-proxy', ...words, '%h', '%p'].join(' ')}`,
    '',
  ].join('\n');
}

/** ssh replaces `%` and the character after it, and a shell reads the result (ssh_config(5), "TOKENS"). */
function escape(value: string): string {
  return quoteForShell(value).replaceAll('%', '%%');
}
