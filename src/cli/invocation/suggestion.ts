import { closestWord } from './edit-distance.ts';
import { SUBCOMMANDS } from './subcommands.ts';

const HELP = '--help';

/**
 * What somebody may have meant whose first argument is no operation and no command.
 *
 * @returns words for the command line behind the program's name; undefined when nothing is near
 */
export function suggestion(args: readonly string[]): string | undefined {
  const [typed = '', topic = ''] = args;
  const word = closestWord(typed, [...SUBCOMMANDS, HELP]);
  if (word !== HELP) return word;
  const about = SUBCOMMANDS.has(topic) ? topic : closestWord(topic, SUBCOMMANDS);
  return about === undefined ? HELP : `${about} ${HELP}`;
}
