import type { Argument, Command, CommanderError, Option } from 'commander';
import { printableStart } from '../../../lib/printable.ts';
import { closestMatch } from '../../invocation/edit-distance.ts';
import { usageError, type UsageError } from './usage-error.ts';

/** A value from the command line is cut in a message: JSON may be long. */
const MAX_SHOWN_CHARACTERS = 60;
/** Prefix of commander's messages. */
const LABEL = /^error: /;

/** What is wrong with a command line, and sentences about what to do. */
interface Explanation {
  readonly message: string;
  readonly hints?: readonly string[];
}

type Explain = (command: Command, parts: readonly string[], optionHint: string) => Explanation;

/**
 * One form of commander's messages. It documents the codes of its errors, but not the messages, which hold
 * what is wrong (lib/command.js).
 */
interface Form {
  readonly code: string;
  readonly pattern: RegExp;
  readonly explain: Explain;
}

const FORMS: readonly Form[] = [
  {
    code: 'commander.unknownOption',
    pattern: /^unknown option '(.*)'$/s,
    explain: explainUnknownOption,
  },
  {
    code: 'commander.unknownCommand',
    pattern: /^unknown command '(.*)'$/s,
    explain(command, [typed = '']) {
      const closest = closestMatch(
        typed,
        command.commands.map((one) => one.name()),
      );
      const hints = closest === undefined ? [] : [`Did you mean "${command.name()} ${closest}"?`];
      return { message: `Unknown command "${shown(typed)}".`, hints };
    },
  },
  {
    code: 'commander.missingArgument',
    pattern: /^missing required argument '(.*)'$/s,
    explain(command, [name = '']) {
      const choices = command.registeredArguments.find((one) => one.name() === name)?.argChoices;
      const hints = choices === undefined ? [] : [`Choose ${alternatives(choices)}.`];
      return { message: `The argument "${name}" is missing.`, hints };
    },
  },
  {
    code: 'commander.optionMissingArgument',
    pattern: /^option '(.*)' argument missing$/s,
    explain: (_, [flags = '']) => ({
      message: `${longName(flags)} needs a value: ${withoutShortName(flags)}.`,
    }),
  },
  {
    code: 'commander.missingMandatoryOptionValue',
    pattern: /^required option '(.*)' not specified$/s,
    explain: (_, [flags = '']) => ({
      message: `The option ${longName(flags)} is missing.`,
      hints: [`Add ${withoutShortName(flags)}.`],
    }),
  },
  {
    code: 'commander.conflictingOption',
    pattern: /^option '(.*?)' cannot be used with option '(.*)'$/s,
    explain: (_, [one = '', other = '']) => ({
      message: `${longName(one)} cannot be combined with ${longName(other)}.`,
      hints: ['Leave one of them out.'],
    }),
  },
  {
    code: 'commander.excessArguments',
    pattern: /^too many arguments/,
    explain({ args, registeredArguments }) {
      const first = args[registeredArguments.length] ?? '';
      return { message: `Unexpected argument "${shown(first)}".` };
    },
  },
  {
    code: 'commander.invalidArgument',
    pattern: /^option '(.*?)' argument '(.*)' is invalid\. (.*)$/s,
    explain: (command, [flags = '', value = '', reason = '']) => {
      const option = command.options.find((one) => one.flags === flags);
      return explainValue(longName(flags), option, value, reason);
    },
  },
  {
    code: 'commander.invalidArgument',
    pattern: /^command-argument value '(.*)' is invalid for argument '(.*?)'\. (.*)$/s,
    explain: (command, [value = '', name = '', reason = '']) => {
      const argument = command.registeredArguments.find((one) => one.name() === name);
      return explainValue(`The argument "${name}"`, argument, value, reason);
    },
  },
];

/**
 * The failure to read a command line, as a message of this program.
 * @param command - the command that was called
 * @param unknownOptionHint - a sentence to add when an option is unknown
 */
export function explainUsage(
  error: CommanderError,
  command: Command,
  unknownOptionHint = '',
): UsageError {
  const text = error.message.replace(LABEL, '');
  for (const { code, pattern, explain } of FORMS) {
    const parts = error.code === code ? pattern.exec(text)?.slice(1) : undefined;
    if (parts === undefined) continue;
    const { message, hints } = explain(command, parts, unknownOptionHint);
    return usageError(command, message, hints);
  }
  return usageError(command, text);
}

function explainUnknownOption(
  command: Command,
  [typed = '']: readonly string[],
  optionHint: string,
): Explanation {
  const [name = ''] = typed.split('=', 1);
  const names = command
    .createHelp()
    .visibleOptions(command)
    .map(({ flags }) => longName(flags));
  const nearest = closestMatch(name, names);
  const hints = [nearest === undefined ? '' : `Did you mean ${nearest}?`, optionHint];
  return {
    message: `Unknown option ${shown(name)}.`,
    hints: hints.filter((hint) => hint !== ''),
  };
}

function explainValue(
  what: string,
  { argChoices }: Pick<Option | Argument, 'argChoices'> = {},
  value: string,
  reason: string,
): Explanation {
  const message = `${what} cannot be "${shown(value)}".`;
  if (argChoices === undefined) return { message, hints: [reason] };
  const nearest = closestMatch(value, argChoices);
  const choose = `Choose ${alternatives(argChoices)}.`;
  return {
    message,
    hints: nearest === undefined ? [choose] : [`Did you mean ${nearest}?`, choose],
  };
}

/** `--quiet` of `-q, --quiet`. */
function longName(flags: string): string {
  return /--[^\s,]+/.exec(flags)?.[0] ?? flags;
}

/** `--name <value>` of `-n, --name <value>`. */
function withoutShortName(flags: string): string {
  return flags.replace(/^-\w, /, '');
}

function shown(typed: string): string {
  return printableStart(typed, MAX_SHOWN_CHARACTERS);
}

/** `a, b or c`. */
function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
