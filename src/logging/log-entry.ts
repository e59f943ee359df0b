import { escapeControlCharacters } from '../lib/printable.ts';
import type { CallSite } from './call-site.ts';
import type { LogLevel } from './level.ts';

/** One message on its way into the log. */
export interface LogEntry {
  readonly level: LogLevel;
  /** One line of text without control characters, see {@link oneLine}. */
  readonly message: string;
  /** When it was logged, milliseconds since the epoch. */
  readonly time: number;
  /** Who logged it; undefined when nothing in the configuration asks. */
  readonly site: CallSite | undefined;
}

/** Characters of a message that are kept: a log line is a remark, never a transcript. */
export const MESSAGE_CHARACTERS = 8192;

/**
 * Makes one line of a message: a text from the network cannot forge a further log line or control the
 * terminal that shows the log, and what is longer than {@link MESSAGE_CHARACTERS} is cut.
 *
 * Only a text is printed. Anything else that a type assertion may have let through, such as the
 * bytes of a payload, is replaced by a remark, for contents must not reach a log.
 */
export function oneLine(message: unknown): string {
  if (typeof message !== 'string') return '(not a text, left out)';
  const cut =
    message.length > MESSAGE_CHARACTERS
      ? `${message.slice(0, MESSAGE_CHARACTERS)}… (${message.length} characters)`
      : message;
  return escapeControlCharacters(cut);
}
