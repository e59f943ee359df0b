import { Argument, type Command } from 'commander';
import { bashCompletion } from './scripts/bash.ts';
import { completionTree, type CompletionCommand } from './completion-tree.ts';
import { fishCompletion } from './scripts/fish.ts';
import { powershellCompletion } from './scripts/powershell.ts';
import { zshCompletion } from './scripts/zsh.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import type { CommandHelp, HelpSection } from '../../cli/framework/help/help-page.ts';
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

/** The line for the startup file of each shell. */
const STARTUP_LINES: readonly HelpSection[] = [
  {
    kind: 'commands',
    title: 'bash, in ~/.bashrc',
    lines: ['source <(session-manager-plugin completion bash)'],
  },
  {
    kind: 'commands',
    title: 'zsh, in ~/.zshrc after compinit',
    lines: ['source <(session-manager-plugin completion zsh)'],
  },
  {
    kind: 'commands',
    title: 'fish, in ~/.config/fish/config.fish',
    lines: ['session-manager-plugin completion fish | source'],
  },
  {
    kind: 'commands',
    title: 'PowerShell, in $PROFILE',
    shell: 'powershell',
    lines: ['session-manager-plugin completion powershell | Out-String | Invoke-Expression'],
  },
];

/** `completion SHELL`: the script with which a shell completes the commands and their options. */
export function configureCompletion(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Prints a script with which your shell completes commands, options, targets, profiles, ' +
        'regions, documents and session ids. ' +
        'Add the line of your shell to its startup file.',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const program = await loadCommands(COMMANDS, context);
      await context.output.print(SCRIPTS[shell](program.name(), completionTree(program)));
    });
  return {
    sections: STARTUP_LINES,
    examples: examples(
      'completion bash | sudo tee /etc/bash_completion.d/session-manager-plugin > /dev/null',
    ),
  };
}
