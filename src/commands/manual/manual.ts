import type { Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples, loadHelp } from '../../cli/framework/command-line.ts';
import {
  COMMON_OPTIONS_TITLE,
  type CommandHelp,
  type HelpPage,
  type HelpSection,
} from '../../cli/framework/help/help-page.ts';
import { wrapCommand } from '../../cli/framework/help/wrap-command.ts';
import { COMMANDS } from '../index.ts';
import {
  roffExample,
  roffItem,
  roffParagraph,
  roffSection,
  roffSubsection,
  roffText,
  roffTitle,
} from './roff.ts';

const NAME = 'session-manager-plugin';
const WHAT = 'shells, commands, SSH and forwarded ports through AWS Systems Manager';
/** In a page of 80 columns, after man's margin and the indentation of examples. */
const EXAMPLE_COLUMNS = 67;
const INDENT = '    ';
/** The manual lists the commands with their help, and itself explains them. */
const COMMANDS_TITLE = 'Commands';

/** `__manual`: the manual page in roff, of the texts of the help. Packages are made with it. */
export function configureManual(command: Command, context: CommandContext): CommandHelp {
  command.description('Prints the manual page.').action(async () => {
    const { program, commands } = await loadHelp(
      COMMANDS.filter(({ isHidden }) => isHidden !== true),
      context,
    );
    await context.output.print(`${manualLines(program, commands, context.version).join('\n')}\n`);
  });
  return { examples: examples('__manual > session-manager-plugin.1') };
}

function manualLines(
  program: HelpPage,
  commands: readonly HelpPage[],
  version: string,
): readonly string[] {
  const common = commands[0]?.sections.find(({ title }) => title === COMMON_OPTIONS_TITLE);
  const further = program.sections.filter(({ title }) => title !== COMMANDS_TITLE);
  return [
    roffTitle(NAME, version),
    roffSection('Name'),
    `${roffText(NAME)} \\- ${roffText(WHAT)}`,
    roffSection('Synopsis'),
    ...synopsis(program.usage),
    roffSection('Description'),
    ...program.description.flatMap(roffParagraph),
    roffSection(COMMANDS_TITLE),
    ...commands.flatMap(commandLines),
    ...(common === undefined ? [] : sectionLines(common)),
    ...further.flatMap(sectionLines),
    roffSection('See also'),
    '.BR aws (1),',
    '.BR ssh (1)',
  ];
}

function commandLines({ usage, description, sections }: HelpPage): readonly string[] {
  const own = sections.filter(({ title }) => title !== COMMON_OPTIONS_TITLE);
  return [
    roffSubsection(usage.replace(`${NAME} `, '')),
    ...description.flatMap(roffParagraph),
    ...own.flatMap((section) => [...titleLines(section), ...contentLines(section)]),
  ];
}

/** Arguments and options need no title below the usage line of their command. */
function titleLines(section: HelpSection): readonly string[] {
  return section.kind === 'items' ? [] : roffParagraph(`${section.title}:`);
}

function sectionLines(section: HelpSection): readonly string[] {
  return [roffSection(section.title), ...contentLines(section)];
}

function contentLines(section: HelpSection): readonly string[] {
  switch (section.kind) {
    case 'items':
      return section.items.flatMap(({ term, text }) => roffItem(term, text));
    case 'commands':
      return roffExample(section.lines.flatMap((line) => exampleLines(line, section.shell)));
    case 'text':
      return section.paragraphs.flatMap(roffParagraph);
  }
}

/** As long as fits on a page of 80 columns; a shell reads the rest of a command in further lines. */
function exampleLines(line: string, shell: 'powershell' | undefined): readonly string[] {
  const widths = [EXAMPLE_COLUMNS, EXAMPLE_COLUMNS - INDENT.length] as const;
  const [first = '', ...rest] = wrapCommand(line, widths, shell);
  return [first, ...rest.map((further) => INDENT + further)];
}

function synopsis(usage: string): readonly string[] {
  return [`.B ${roffText(NAME)}`, roffText(usage.slice(NAME.length + 1))];
}
