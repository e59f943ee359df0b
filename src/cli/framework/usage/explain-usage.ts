import type { Argument, Command, CommanderError } from 'commander';
import { LIST_TARGETS } from '../../../failures/remedies.ts';
import { closestMatch } from '../../invocation/edit-distance.ts';
import { usageError, type UsageError } from './usage-error.ts';
import { alternatives, longName, shown } from './usage-words.ts';

/** The argument that names a machine. */
const TARGET = 'target';
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
      const hints = closest === undefined ? [] : [`Did you mean:\n  ${command.name()} ${closest}`];
      return { message: `Unknown command "${shown(typed)}".`, hints };
    },
  },
  {
    code: 'commander.missingArgument',
    pattern: /^missing required argument '(.*)'$/s,
    explain(command, [name = '']) {
      const choices = command.registeredArguments.find((one) => one.name() === name)?.argChoices;
      const hints = name === TARGET ? [`${LIST_TARGETS}.`] : chooseHint(choices);
      return { message: `The argument "${name}" is missing.`, hints };
    },
  },
  {
    code: 'commander.optionMissingArgument',
    pattern: /^option '(.*)' argument missing$/s,
    explain: ({ options }, [flags = '']) => ({
      message: `${longName(flags)} needs a value: ${withoutShortName(flags)}.`,
      hints: chooseHint(options.find((one) => one.flags === flags)?.argChoices),
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
    explain(command) {
      const first = command.args[command.registeredArguments.length] ?? '';
      return { message: `Unexpected argument "${shown(first)}".`, hints: acceptedHints(command) };
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

function chooseHint(choices: readonly string[] | undefined): readonly string[] {
  return choices === undefined ? [] : [`Choose ${alternatives(choices)}.`];
}

/** Which arguments a command takes, when it was given too many. */
function acceptedHints(command: Command): readonly string[] {
  const names = command.registeredArguments.map((one: Argument) => one.name());
  if (names.length === 0) return [`Leave it out: ${command.name()} takes only options.`];
  const quoted = names.map((name) => `"${name}"`).join(' and ');
  const accepted = `${command.name()} takes only the argument${names.length === 1 ? '' : 's'} ${quoted}.`;
  return names.includes(TARGET)
    ? [`${accepted} If the name of the target contains spaces, put quotes around it.`]
    : [`Leave it out: ${accepted}`];
}

/** `--name <value>` of `-n, --name <value>`. */
function withoutShortName(flags: string): string {
  return flags.replace(/^-\w, /, '');
}
