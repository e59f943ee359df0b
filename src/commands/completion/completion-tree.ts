import type { Argument, Command, Option } from 'commander';

/** An option as a shell completes it. */
export interface CompletionOption {
  /** `--quiet`. */
  readonly long: string;
  /** `-q`; undefined when there is none. */
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** All values there are; empty when there are many. */
  readonly choices: readonly string[];
}

/** A command as a shell completes it. */
export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  /** Values of its first argument; empty when they are not known. */
  readonly choices: readonly string[];
}

/** What the tree of commands has to be completed, in the order of the help. */
export function completionTree(program: Command): readonly CompletionCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: [...command.createHelp().visibleOptions(command).map(optionOf)],
    choices: choicesOf(command.registeredArguments[0]),
  }));
}

function optionOf(option: Option): CompletionOption {
  return {
    long: option.long ?? option.flags,
    short: option.short,
    description: option.description,
    takesValue: option.required,
    choices: option.argChoices ?? [],
  };
}

function choicesOf(argument: Argument | undefined): readonly string[] {
  return argument?.argChoices ?? [];
}

/** Every spelling of the options, short ones first. */
export function spellings(options: readonly CompletionOption[]): readonly string[] {
  return options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
}
