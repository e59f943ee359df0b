import type { Writable } from 'node:stream';
import type { Terminal } from '../../terminal/terminal.ts';

/** Lines of the program on stderr, such as those of the log. */
export interface ErrorLines {
  /** Writes lines, with their line breaks. */
  write(lines: string): void;
  /** From now on the lines may be shown on this terminal, among the output of the remote side. */
  shareTerminal(terminal: Pick<Terminal, 'writeLines'>): void;
}

/** On a terminal, the lines begin on a line of their own. */
export function createErrorLines(stderr: Writable): ErrorLines {
  let write = (lines: string): void => void stderr.write(lines);
  return {
    write: (lines) => write(lines),
    shareTerminal(terminal) {
      write = (lines) => terminal.writeLines(stderr, lines);
    },
  };
}
