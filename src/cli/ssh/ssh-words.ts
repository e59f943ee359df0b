import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { programCommand } from '../background/program-command.ts';

/**
 * A word of a command that ssh runs: it replaces `%` and the character after it, and a shell reads the result
 * (ssh_config(5), "TOKENS").
 */
export function commandWord(word: string, platform: NodeJS.Platform): string {
  return quote(word, platform).replaceAll('%', '%%');
}

/** The command line of this program for ssh, with these words, which are quoted already. */
export function ownCommand(words: readonly string[], platform: NodeJS.Platform): string {
  return [...programCommand().map((word) => commandWord(word, platform)), ...words].join(' ');
}

/** cmd.exe knows no single quotes. No path of Windows has a double quote. */
function quote(word: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `"${word}"` : quoteForShell(word);
}
