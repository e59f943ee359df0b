import type { OutgoingMessage } from '../../channel/outgoing-message.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { encodeTerminalSize } from '../../protocol/terminal-size.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The size that the agent receives without a terminal; the public client sends the same. */
const SIZE_WITHOUT_TERMINAL = { cols: 300, rows: 100 };

/** The size of the terminal as it is now. */
export function sizeMessage(terminal: Terminal): OutgoingMessage {
  return {
    payloadType: PayloadType.Size,
    payload: encodeTerminalSize(terminal.size() ?? SIZE_WITHOUT_TERMINAL),
  };
}
