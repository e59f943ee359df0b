import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { commandFirst } from './command-first.ts';

/**
 * The command line of the program with further options, to paste.
 *
 * @param typed - argv without program names
 * @param words - the options
 */
export function commandWith(typed: readonly string[], words: readonly string[]): string {
  const [name = '', ...args] = commandFirst(typed);
  return ['session-manager-plugin', name, ...words, ...args]
    .map((word) => quoteForShell(printable(word)))
    .join(' ');
}
