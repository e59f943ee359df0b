import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { programCommand } from '../background/program-command.ts';

/**
 * Quotes a word of a command that ssh runs: ssh replaces `%` and the character after it, then a shell reads the result
 * (ssh_config(5), "TOKENS").
 */
export function commandWord(word: string, platform: NodeJS.Platform): string {
  return quote(word, platform).replaceAll('%', '%%');
}

/** The command line with which ssh runs this program. The words are already quoted. */
export function ownCommand(words: readonly string[], platform: NodeJS.Platform): string {
  return [...programCommand().map((word) => commandWord(word, platform)), ...words].join(' ');
}

/** cmd.exe knows no single quotes. No path of Windows has a double quote. */
function quote(word: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `"${word}"` : quoteForShell(word);
}
