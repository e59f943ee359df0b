import { commandFailures } from '../../failures/commands.ts';
import type { Command } from 'commander';
import { hasControlCharacters } from '../../lib/printable.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { findOpenSsh, isAtLeast } from '../../cli/ssh/find-openssh.ts';
import { accountWords } from '../../cli/framework/account-words.ts';
import { commandWord } from '../../cli/ssh/ssh-words.ts';
import { keylessBlock } from './keyless/block.ts';

/** With `Include` in a `Match` block (release notes of OpenSSH 7.3). */
const OLDEST = [7, 3] as const;

interface SshConfigOptions {
  readonly keyless?: true;
}

/** `ssh-config`: the block with which ssh, scp and programs that use them reach targets by their ids. */
export function configureSshConfig(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Prints the lines for ~/.ssh/config with which ssh, scp and rsync reach targets by id. ' +
        'If you pass --profile, --region or --endpoint-url, the lines contain them.',
    )
    .option(
      '--keyless',
      'also by name, such as web-1.ssm or web-1.eu-central-1.prod.ssm, and with a temporary key',
    )
    .action(async ({ keyless }: SshConfigOptions) => {
      const words = wordsOf(context, keyless === true);
      if (keyless !== true) {
        await context.output.print(sshConfig(words));
        return;
      }
      await context.output.print(keylessBlock(context, words));
      const [major, minor] = OLDEST;
      // Another machine may have ssh.
      const openSsh = await findOpenSsh(context).catch(() => undefined);
      if (openSsh === undefined || isAtLeast(openSsh, major, minor)) return;
      context.output.notify(
        `The ssh of this machine is too old for these lines: they need OpenSSH ${major}.${minor}. Leave out --keyless.`,
      );
    });
  return {
    examples: examples(
      'ssh-config >> ~/.ssh/config',
      'ssh-config --keyless >> ~/.ssh/config',
      'ssh-config --profile work --region eu-central-1 >> ~/.ssh/config',
    ),
  };
}

/**
 * The options of the account, for a command line in a block.
 *
 * @throws CommandError when a value would begin another line of the block, or end a part of it
 */
function wordsOf(context: CommandContext, keyless: boolean): readonly string[] {
  const words = accountWords(context.options);
  return words.map((word, index) => {
    const quoted = commandWord(word, context.platform);
    // Within the double quotes of a Match line nothing can be escaped in the same way for all versions of ssh.
    const isUnfit = keyless && (/['\\]/.test(word) || quoted.includes('"'));
    if (isUnfit || hasControlCharacters(word)) {
      throw new CommandError(commandFailures['option-not-printable'](words[index - 1] ?? '', word));
    }
    return quoted;
  });
}

function sshConfig(words: readonly string[]): string {
  return [
    '# SSH through AWS Systems Manager: ssh ec2-user@i-0123456789abcdef0',
    'Host i-* mi-*',
    `    ProxyCommand ${['session-manager-plugin', 'ssh-proxy', ...words, '%h', '%p'].join(' ')}`,
    '',
  ].join('\n');
}
