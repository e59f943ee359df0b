import { escapeControlCharacters } from '../lib/printable.ts';
import type { CallSite } from './call-site.ts';
import type { LogLevel } from './level.ts';

/** One message to be logged. */
export interface LogEntry {
  readonly level: LogLevel;
  /** One line of text without control characters, see {@link oneLine}. */
  readonly message: string;
  /** When it was logged, milliseconds since the epoch. */
  readonly time: number;
  /** The place that logged it; undefined when the configuration does not need it. */
  readonly site: CallSite | undefined;
}

/** Characters of a message that are kept: a log line is a notice, never a transcript. */
export const MESSAGE_CHARACTERS = 8192;

/**
 * Makes one line of a message: a text from the network cannot forge another log line or control the
 * terminal that shows the log. A message longer than {@link MESSAGE_CHARACTERS} is cut.
 *
 * Only a text is logged. Any other value that a type assertion has hidden, such as the bytes of a
 * payload, is replaced by a notice, because contents must not be logged.
 */
export function oneLine(message: unknown): string {
  if (typeof message !== 'string') return '(not a text, left out)';
  const cut =
    message.length > MESSAGE_CHARACTERS
      ? `${message.slice(0, MESSAGE_CHARACTERS)}… (${message.length} characters)`
      : message;
  return escapeControlCharacters(cut);
}
