import { printableStart } from '../../lib/printable.ts';

/** Characters of a text of the target that a message shows. */
const LONGEST_RELAY_TEXT = 200;

/** The beginning of a text of the relay, or of what runs it, which cannot control a terminal. */
export function relayText(text: string): string {
  return printableStart(text.trim(), LONGEST_RELAY_TEXT);
}
