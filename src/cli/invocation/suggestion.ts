import { nearestWord } from './edit-distance.ts';
import { OWN_WORDS } from './subcommands.ts';

const HELP = '--help';

/**
 * What somebody may have meant whose first argument is no operation and no command.
 *
 * @returns words for the command line behind the program's name; undefined when nothing is near
 */
export function suggestion(args: readonly string[]): string | undefined {
  const [typed = '', topic = ''] = args;
  const word = nearestWord(typed, [...OWN_WORDS, HELP]);
  if (word !== HELP) return word;
  const about = OWN_WORDS.has(topic) ? topic : nearestWord(topic, OWN_WORDS);
  return about === undefined ? HELP : `${about} ${HELP}`;
}
