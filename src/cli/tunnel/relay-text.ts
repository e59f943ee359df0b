import { printableStart } from '../../lib/printable.ts';

/** How many characters of a text of the target a message shows. */
const LONGEST_RELAY_TEXT = 200;

/** The beginning of a text of the relay, of its interpreter or of sudo, without characters that control a terminal. */
export function relayText(text: string): string {
  return printableStart(text.trim(), LONGEST_RELAY_TEXT);
}
