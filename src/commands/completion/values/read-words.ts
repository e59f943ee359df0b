import { COMMON_VALUES } from '../../../cli/invocation/common-options.ts';
import type { CompletionCommand, CompletionValues } from '../completion-tree.ts';

const SEPARATOR = '--';

/** Values of the options whose values select an account. */
export interface TypedOptions {
  readonly profile: string;
  readonly region: string;
  readonly endpointUrl: string;
}

/**
 * Finds what the next word of a command line is.
 *
 * @param command - the command that is typed, any one before its name; undefined when it is unknown
 * @param words - those after the name of the program, without the one that is being typed
 * @returns undefined where the program has no values
 */
export function valuesOfNextWord(
  command: CompletionCommand | undefined,
  words: readonly string[],
): CompletionValues | undefined {
  if (command === undefined || words.includes(SEPARATOR)) return undefined;
  const { options } = command;
  let awaited: CompletionValues | undefined;
  let operands = 0;
  for (const word of words) {
    if (awaited !== undefined) awaited = undefined;
    else if (!word.startsWith('-')) operands++;
    else
      awaited = options.find(
        ({ long, short, takesValue }) => takesValue && [long, short].includes(word),
      );
  }
  if (awaited !== undefined) return awaited;
  // The name of the command is an operand, too.
  const isArgument = operands === 1 || (operands > 1 && takesSeveral(command));
  return isArgument ? command : undefined;
}

/**
 * How a script passes that the next word begins with `ecs:`, as the name of a container. bash breaks words at a colon, and
 * offers what comes after it.
 */
const CONTAINER_BEGINNINGS = [
  { words: ['ecs:'], isBroken: false },
  { words: ['ecs', ':'], isBroken: true },
] as const;
const CONTAINER_PREFIX = 'ecs:';

/** The words before the name of a container, and what is offered of this name; undefined when none is being typed. */
export function beforeContainer(words: readonly string[]):
  | {
      readonly before: readonly string[];
      /** @param name - begins with `ecs:` */
      readonly offered: (name: string) => string;
    }
  | undefined {
  const found = CONTAINER_BEGINNINGS.find(
    ({ words: last }) => words.slice(-last.length).join(' ') === last.join(' '),
  );
  if (found === undefined) return undefined;
  return {
    before: words.slice(0, -found.words.length),
    offered: (name) => (found.isBroken ? name.slice(CONTAINER_PREFIX.length) : name),
  };
}

/** The name of the command that the words call; undefined when none is typed yet. */
export function commandIn(words: readonly string[]): string | undefined {
  let isValue = false;
  for (const word of words) {
    if (!isValue && !word.startsWith('-')) return word;
    isValue = !isValue && COMMON_VALUES.includes(word);
  }
  return undefined;
}

/** The options that select an account, wherever they are typed. */
export function typedOptions(words: readonly string[]): TypedOptions {
  return {
    profile: valueOf('--profile', words),
    region: valueOf('--region', words),
    endpointUrl: valueOf('--endpoint-url', words),
  };
}

/** The last value of an option; empty when it is not typed. */
function valueOf(option: string, words: readonly string[]): string {
  let value = '';
  words.forEach((word, i) => {
    if (word === option) value = words[i + 1] ?? '';
    else if (word.startsWith(`${option}=`)) value = word.slice(option.length + 1);
  });
  return value;
}

/** Whether all arguments of a command have values of the same kind. */
function takesSeveral({ kind }: CompletionCommand): boolean {
  return kind === 'places' || kind === 'connections' || kind === 'databases';
}
