import type { Argument, Command, Option } from 'commander';

/** A word of the command line, and what it means. */
export interface HelpItem {
  readonly term: string;
  readonly text: string;
}

/** A part of a help text under its title. */
export type HelpSection =
  | { readonly kind: 'items'; readonly title: string; readonly items: readonly HelpItem[] }
  /** Whole command lines, to be pasted into a shell. */
  | {
      readonly kind: 'commands';
      readonly title: string;
      readonly lines: readonly string[];
      /** Whose lines they are; by default, those of a POSIX shell. */
      readonly shell?: 'powershell';
    }
  | { readonly kind: 'text'; readonly title: string; readonly paragraphs: readonly string[] };

/** The help of the program or of a command, before it has a layout. */
export interface HelpPage {
  readonly usage: string;
  readonly description: readonly string[];
  readonly sections: readonly HelpSection[];
}

/** What a command adds to its help beyond arguments and options. */
export interface CommandHelp {
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Come before the examples. */
  readonly sections?: readonly HelpSection[];
  /** A sentence to add when the command does not know an option. */
  readonly unknownOptionHint?: string;
}

/** The heading of the options that every command takes. */
export const COMMON_OPTIONS_TITLE = 'Common options';
const OPTIONS_TITLE = 'Options';

/** The help of one command. Each line of its description is a paragraph. */
export function commandPage(command: Command, help: CommandHelp): HelpPage {
  return {
    usage: usageOf(command),
    description: command.description().split('\n'),
    sections: [
      { kind: 'items', title: 'Arguments', items: visibleArguments(command).map(argumentItem) },
      ...optionSections(command),
      ...(help.sections ?? []),
      { kind: 'commands', title: 'Examples', lines: help.examples },
    ],
  };
}

/** The help of the program: its commands, its options, and what follows them. */
export function programPage(program: Command, further: readonly HelpSection[]): HelpPage {
  const helper = program.createHelp();
  const commands = helper.visibleCommands(program).map((command) => {
    return { term: command.name(), text: command.summary() };
  });
  return {
    usage: usageOf(program),
    description: program.description().split('\n'),
    sections: [
      { kind: 'items', title: 'Commands', items: commands },
      ...optionSections(program),
      ...further,
    ],
  };
}

/** The usage line, from the program's name on. */
export function usageOf(command: Command): string {
  return command.createHelp().commandUsage(command);
}

function visibleArguments(command: Command): readonly Argument[] {
  return command.createHelp().visibleArguments(command);
}

/** Options by their headings, the common ones last. */
function optionSections(command: Command): readonly HelpSection[] {
  const options = command.createHelp().visibleOptions(command);
  const titleOf = ({ helpGroupHeading = '' }: Option): string =>
    helpGroupHeading === '' ? OPTIONS_TITLE : helpGroupHeading;
  const own = options.map(titleOf).filter((title) => title !== COMMON_OPTIONS_TITLE);
  return [...new Set([OPTIONS_TITLE, ...own, COMMON_OPTIONS_TITLE])].map((title) => ({
    kind: 'items',
    title,
    items: options.filter((option) => titleOf(option) === title).map(optionItem),
  }));
}

function optionItem(option: Option): HelpItem {
  return { term: flagsOf(option), text: withValues(option) };
}

/** A value that may be left out has to be joined to its option: `--wait[=time]`. */
function flagsOf({ flags }: Option): string {
  return flags.replace(/ \[(.*)\]$/, '[=$1]');
}

function argumentItem(argument: Argument): HelpItem {
  return { term: argument.name(), text: withValues(argument) };
}

function withValues(item: Option | Argument): string {
  const { description, argChoices } = item;
  if (argChoices !== undefined) return `${description} (${argChoices.join(', ')})`;
  const value: unknown = item.defaultValue;
  return typeof value === 'string' ? `${description} (default: ${value})` : description;
}
