import { COMMON_FLAGS, COMMON_VALUES, HELP_OPTIONS } from './common-options.ts';

/** Words with which a person asks for the version. */
const VERSION_WORDS: readonly string[] = ['version', '-v', '-V'];

/**
 * Whether the arguments call a command of the program, also after common options, or ask for its help. No
 * caller passes such a first argument.
 *
 * @param args - argv without program names
 * @param commands - names of all commands
 * @param isPerson - whether a person reads the answer: then `help` counts, too, for which callers get
 *   "Unknown operation"
 */
export function isSubcommand(
  args: readonly string[],
  commands: readonly string[],
  isPerson: () => boolean,
): boolean {
  const [first = '', second] = args;
  const [option = ''] = first.split('=', 1);
  if ([...commands, ...COMMON_FLAGS].includes(first) || COMMON_VALUES.includes(option)) return true;
  const isHelp = HELP_OPTIONS.includes(first);
  if (isHelp && (second === undefined || commands.includes(second))) return true;
  return (isHelp || first === 'help') && isPerson();
}

/** Whether the arguments ask for all facts about this build. */
export function asksForBuild(args: readonly string[]): boolean {
  return args.length === 2 && args.includes('--version') && args.includes('--verbose');
}

/** Whether the arguments ask for the version, in words that only a person uses. */
export function asksForVersion(args: readonly string[], isPerson: () => boolean): boolean {
  const [first = ''] = args;
  return args.length === 1 && VERSION_WORDS.includes(first) && isPerson();
}
