import { closestMatch } from './edit-distance.ts';

const HELP = '--help';

/**
 * Suggests the closest valid command line when the first argument is neither an operation nor a command.
 *
 * @param args - argv without program names
 * @param commands - names of all commands
 * @returns the arguments after the program's name; undefined when nothing is similar
 */
export function suggestion(
  args: readonly string[],
  commands: readonly string[],
): string | undefined {
  const [typed = '', topic = ''] = args;
  const word = closestMatch(typed, [...commands, HELP]);
  if (word !== HELP) return word;
  const about = commands.includes(topic) ? topic : closestMatch(topic, commands);
  return about === undefined ? HELP : `${about} ${HELP}`;
}
