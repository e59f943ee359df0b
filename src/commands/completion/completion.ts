import { Argument, type Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { completionTree, type CompletionCommand } from './completion-tree.ts';
import { fishCompletion } from './fish.ts';
import { powershellCompletion } from './powershell.ts';
import { zshCompletion } from './zsh.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples, loadCommands } from '../../cli/framework/command-line.ts';
import { COMMANDS } from '../index.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<
  Record<Shell, (program: string, commands: readonly CompletionCommand[]) => string>
> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** `completion SHELL`: the script with which a shell completes the commands and their options. */
export function configureCompletion(command: Command, context: CommandContext): void {
  command
    .description(
      'Prints a script with which your shell completes the commands of this program and their options.',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      [
        '',
        'Add the line of your shell to its startup file:',
        '  bash        source <(session-manager-plugin completion bash)',
        '  zsh         source <(session-manager-plugin completion zsh)',
        '  fish        session-manager-plugin completion fish | source',
        '  PowerShell  session-manager-plugin completion powershell | Out-String | Invoke-Expression',
        examples('completion bash > /etc/bash_completion.d/session-manager-plugin'),
      ].join('\n'),
    )
    .action(async (shell: Shell) => {
      const program = await loadCommands(COMMANDS, context);
      await context.output.print(SCRIPTS[shell](program.name(), completionTree(program)));
    });
}
