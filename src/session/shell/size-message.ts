import type { OutgoingMessage } from '../../channel/outgoing-message.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { encodeTerminalSize, type TerminalSize } from '../../protocol/terminal-size.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The size that the agent receives without a terminal; the public client sends the same. */
const SIZE_WITHOUT_TERMINAL = { cols: 300, rows: 100 };

/** The size that the remote side has for its terminal. */
export function remoteSize(terminal: Terminal): TerminalSize {
  return terminal.size() ?? SIZE_WITHOUT_TERMINAL;
}

/** The size of the terminal as it is now. */
export function sizeMessage(terminal: Terminal): OutgoingMessage {
  return { payloadType: PayloadType.Size, payload: encodeTerminalSize(remoteSize(terminal)) };
}
