import type { Clock, Timer } from '../../lib/clock.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { encodeTerminalSize } from '../../protocol/terminal-size.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { SessionLink } from '../session-type.ts';
import { sizeMessage } from './size-message.ts';

/**
 * How long the remote side has another size. Programs read the size some time after the signal, and do not
 * draw if it is unchanged.
 */
const OTHER_SIZE_MS = 100;

/** Makes the remote side draw again what it shows. */
export interface Repaint {
  start(): void;
  /** No size is sent any more. */
  stop(): void;
}

/**
 * Full-screen programs and line editors draw everything when the terminal's size changes (SIGWINCH,
 * which the agent's terminal sends only for a new size). So the remote side gets a size of one row
 * less and then the true size. The columns stay, so no line is wrapped differently.
 */
export function createRepaint(
  link: Pick<SessionLink, 'send' | 'whenAcknowledged'>,
  terminal: Terminal,
  clock: Clock,
): Repaint {
  let stopped = false;
  /** The other size is on its way, or the true size must still follow it. */
  let isChanging = false;
  let restoring: Timer | undefined;
  return {
    start() {
      const size = terminal.size();
      // Connections may be lost one after another; unacknowledged sizes are sent again on each.
      if (size === undefined || size.rows < 2 || isChanging) return;
      isChanging = true;
      const payload = encodeTerminalSize({ ...size, rows: size.rows - 1 });
      link.send({ payloadType: PayloadType.Size, payload });
      link.whenAcknowledged(() => {
        if (stopped) return;
        restoring = clock.after(OTHER_SIZE_MS, () => {
          isChanging = false;
          link.send(sizeMessage(terminal));
        });
      });
    },
    stop() {
      stopped = true;
      restoring?.cancel();
    },
  };
}
