import type { Clock } from '../../../lib/clock.ts';
import {
  SMUX_HEADER_BYTES,
  SmuxCommand,
  writeSmuxHeader,
} from '../../../protocol/smux/smux-frame.ts';
import { startIdleTimer } from '../connection/idle-timer.ts';
import type { UploadSource } from './upload-scheduler.ts';

/** Between two NOP frames (docs/design/protocol.md#keep-alive). */
export const KEEP_ALIVE_INTERVAL_MS = 10_000;
/** Without any frame from the agent for so long the session is over. */
export const KEEP_ALIVE_TIMEOUT_MS = 30_000;

/** A running keep-alive. */
export interface KeepAlive {
  /** Something came from the agent. */
  received(): void;
  cancel(): void;
}

/**
 * Sends a NOP now and then and notices when the agent falls silent.
 *
 * @param send - schedules the NOP; one that waits already is enough
 * @param excusedUntil - the monotonic time up to which nothing could be heard from the agent
 */
export function startKeepAlive(
  clock: Clock,
  send: (nop: UploadSource) => void,
  excusedUntil: () => number,
  onDead: () => void,
): KeepAlive {
  const nop: UploadSource = {
    pending: () => false,
    fill(target, offset) {
      if (target.length - offset < SMUX_HEADER_BYTES) return offset;
      return writeSmuxHeader(target, offset, SmuxCommand.Nop, 0, 0);
    },
  };
  const ticks = clock.every(KEEP_ALIVE_INTERVAL_MS, () => send(nop));
  const silence = startIdleTimer(clock, KEEP_ALIVE_TIMEOUT_MS, excusedUntil, () => {
    ticks.cancel();
    onDead();
  });
  return {
    received: () => silence.received(),
    cancel() {
      ticks.cancel();
      silence.cancel();
    },
  };
}
