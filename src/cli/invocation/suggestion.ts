import { closestMatch } from './edit-distance.ts';

const HELP = '--help';
/** Begins the names of commands that only other programs call. */
const HIDDEN = '__';

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
  const shown = commands.filter((name) => !name.startsWith(HIDDEN));
  const word = closestMatch(typed, [...shown, HELP]);
  if (word !== HELP) return word;
  const about = commands.includes(topic) ? topic : closestMatch(topic, shown);
  return about === undefined ? HELP : `${about} ${HELP}`;
}
