import type { Clock } from '../../../lib/clock.ts';
import {
  SMUX_HEADER_BYTES,
  SmuxCommand,
  writeSmuxHeader,
} from '../../../protocol/smux/smux-frame.ts';
import { startIdleTimer } from '../connection/idle-timer.ts';
import type { UploadSource } from './upload-scheduler.ts';

/** Time between two NOP frames (docs/design/protocol.md#keep-alive). */
export const KEEP_ALIVE_INTERVAL_MS = 10_000;
/** The session ends after this time without a frame from the agent. */
export const KEEP_ALIVE_TIMEOUT_MS = 30_000;

/** A running keep-alive. */
export interface KeepAlive {
  /** A frame of the agent was received. */
  received(): void;
  cancel(): void;
}

/**
 * Sends a NOP at each interval, and calls back when the agent has not sent anything for too long.
 *
 * @param send - schedules the NOP; has no effect while one waits
 * @param countsFrom - the monotonic time before which nothing could be received from the agent
 */
export function startKeepAlive(
  clock: Clock,
  send: (nop: UploadSource) => void,
  countsFrom: () => number,
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
  const idle = startIdleTimer(clock, KEEP_ALIVE_TIMEOUT_MS, countsFrom, () => {
    ticks.cancel();
    onDead();
  });
  return {
    received: () => idle.received(),
    cancel() {
      ticks.cancel();
      idle.cancel();
    },
  };
}
