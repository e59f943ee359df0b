import { InvalidArgumentError, type Argument, type Command, type Option } from 'commander';
import { closestMatch } from '../../invocation/edit-distance.ts';
import { usageError, type UsageError } from './usage-error.ts';
import { alternatives, longName, shown } from './usage-words.ts';
import { isValueError } from './value-error.ts';

/** A value of an option or an argument that cannot be used becomes a usage error of the command. */
export function explainValues(command: Command): void {
  for (const option of command.options) {
    explainValuesOf(option, longName(option.flags), command);
  }
  for (const argument of command.registeredArguments) {
    explainValuesOf(argument, `The argument "${argument.name()}"`, command);
  }
}

function explainValuesOf(item: Option | Argument, what: string, command: Command): void {
  const read = item.parseArg;
  if (read === undefined) return;
  item.parseArg = (value, previous) => {
    try {
      return read(value, previous);
    } catch (error) {
      throw explained(error, { item, what, value, command }) ?? error;
    }
  };
}

/** A value on the command line. */
interface ReadValue {
  readonly item: Option | Argument;
  /** The option or argument, at the beginning of a sentence. */
  readonly what: string;
  readonly value: string;
  readonly command: Command;
}

function explained(
  error: unknown,
  { item, what, value, command }: ReadValue,
): UsageError | undefined {
  const usual = `${what} cannot be "${shown(value)}".`;
  if (isValueError(error)) {
    return usageError(command, error.problemOf?.(what) ?? usual, error.hints);
  }
  const { argChoices } = item;
  if (argChoices === undefined || !(error instanceof InvalidArgumentError)) return undefined;
  const nearest = closestMatch(value, argChoices);
  const proposal = nearest === undefined ? [] : [`Did you mean ${nearest}?`];
  return usageError(command, usual, [...proposal, `Choose ${alternatives(argChoices)}.`]);
}
