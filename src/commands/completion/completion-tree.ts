import type { Argument, Command, Option } from 'commander';
import { COMMON_FLAGS, COMMON_VALUES, HELP_OPTIONS } from '../../cli/invocation/common-options.ts';
import { REGIONS } from './regions.ts';

/**
 * Values that only AWS or the user's configuration knows: the program is asked for them. `places` are targets with a
 * colon, beside which a shell offers files.
 */
export type ValueKind =
  | 'targets'
  | 'places'
  | 'connections'
  | 'databases'
  | 'profiles'
  | 'documents'
  | 'sessions'
  | 'access';

/** How a shell finds the values of an option or argument. */
export interface CompletionValues {
  /** All values; empty when they are many or not known. */
  readonly choices: readonly string[];
  /** Undefined when the program does not know more. */
  readonly kind: ValueKind | undefined;
}

/** An option as a shell completes it. */
export interface CompletionOption extends CompletionValues {
  /** `--quiet`. */
  readonly long: string;
  /** `-q`; undefined when there is none. */
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
}

/** A command as a shell completes it. The values are those of its first argument; `places` are those of all arguments. */
export interface CompletionCommand extends CompletionValues {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletionOption[];
}

/** Kinds of values by the options that take them. */
const OPTION_KINDS: ReadonlyMap<string, ValueKind> = new Map([
  ['--profile', 'profiles'],
  ['--target', 'targets'],
  ['--targets', 'targets'],
  ['--through', 'targets'],
  ['--document-name', 'documents'],
  ['--terminate', 'sessions'],
  ['--access', 'access'],
]);
/** Kinds of values by the names of the arguments that take them. */
const ARGUMENT_KINDS: ReadonlyMap<string, ValueKind> = new Map([
  ['target', 'targets'],
  ['paths', 'places'],
  ['connections', 'connections'],
  ['database', 'databases'],
]);
const REGION_OPTION = '--region';

/** The commands for completion, in the order of the help. */
export function completionTree(program: Command): readonly CompletionCommand[] {
  return program.createHelp().visibleCommands(program).map(completionCommand);
}

/** One command as a shell completes it. */
export function completionCommand(command: Command): CompletionCommand {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    summary: command.summary(),
    options: command.createHelp().visibleOptions(command).map(optionOf),
    choices: choicesOf(argument),
    kind: ARGUMENT_KINDS.get(argument?.name() ?? ''),
  };
}

function optionOf(option: Option): CompletionOption {
  const long = option.long ?? option.flags;
  return {
    long,
    short: option.short,
    description: option.description,
    // The ids of --terminate may be left out.
    takesValue: option.required || OPTION_KINDS.has(long),
    choices: long === REGION_OPTION ? REGIONS : choicesOf(option),
    kind: OPTION_KINDS.get(long),
  };
}

function choicesOf(item: Option | Argument | undefined): readonly string[] {
  return item?.argChoices ?? [];
}

/** Every spelling of the options, short ones first. */
export function spellings(options: readonly CompletionOption[]): readonly string[] {
  return options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
}

/** Whether every command takes the option, so that it may come before the name of the command. */
export function isCommon({ long }: CompletionOption): boolean {
  return [...COMMON_FLAGS, ...COMMON_VALUES, ...HELP_OPTIONS].includes(long);
}
