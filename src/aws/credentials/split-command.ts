import { ConfigurationError } from '../../lib/errors/configuration-error.ts';
import { splitWords } from '../shared-files/split-words.ts';

/**
 * Splits a command into its words as botocore does (botocore/compat.py, `compat_shell_split`): no shell
 * reads it.
 *
 * @throws ConfigurationError `command-syntax`; the message gives the reason and quotes nothing of the command
 */
export function splitCommand(command: string, platform: NodeJS.Platform): readonly string[] {
  const words = platform === 'win32' ? splitForWindows(command) : splitWords(command);
  if (words === undefined) {
    throw new ConfigurationError(
      'command-syntax',
      'a quote is not closed, or a backslash is the last character',
    );
  }
  return words;
}

/** As programs split their command line on Windows: double quotes, and backslashes before them. */
function splitForWindows(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const [piece] of command.matchAll(/\\*"|\\+|[ \t]|[^\\" \t]+/g)) {
    if (piece.endsWith('"')) {
      const backslashes = piece.length - 1;
      word = (word ?? '') + '\\'.repeat(Math.floor(backslashes / 2));
      if (backslashes % 2 === 1) word += '"';
      else isQuoted = !isQuoted;
    } else if (/^[ \t]$/.test(piece) && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + piece;
    }
  }
  if (isQuoted) return undefined;
  return word === undefined ? words : [...words, word];
}
