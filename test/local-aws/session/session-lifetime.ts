import type { Clock, Timer } from '../../../src/lib/clock.ts';
import { MessageType } from '../../../src/protocol/client-message.ts';

/** When the service ends sessions by itself (docs/design/agent.md#timing). */
export interface SessionLifetime {
  readonly clock: Pick<Clock, 'after'>;
  /** Milliseconds without data in either direction; undefined for no limit. */
  readonly idleMs?: number;
  /** Milliseconds from the start; undefined for no limit. */
  readonly maximumMs?: number;
}

/** The limits of one session. */
export interface LifetimeWatch {
  /** A frame passes in either direction. */
  passed(frame: Buffer): void;
  /** The session has ended. */
  stop(): void;
}

/** Of the type in the header of a frame (docs/design/protocol.md#frames). */
const TYPE_OFFSET = 4;
const TYPE_BYTES = 32;
const DATA: readonly string[] = [MessageType.InputStreamData, MessageType.OutputStreamData];

/** @param end - ends the session, with this text in `channel_closed` */
export function watchLifetime(
  sessionId: string,
  { clock, idleMs, maximumMs }: SessionLifetime,
  end: (output: string) => void,
): LifetimeWatch {
  const later = (ms: number | undefined, why: string): Timer | undefined =>
    ms === undefined ? undefined : clock.after(ms, () => end(`SessionId: ${sessionId} : ${why}`));
  // As users quote the service (aws/amazon-ssm-agent issue 261). The text of the second is not known.
  const startIdle = (): Timer | undefined =>
    later(idleMs, 'Your session timed out due to inactivity and has been terminated.');
  const maximum = later(maximumMs, 'Your session has reached its maximum duration.');
  let idle = startIdle();
  return {
    passed(frame) {
      const type = frame.toString('latin1', TYPE_OFFSET, TYPE_OFFSET + TYPE_BYTES).trim();
      if (!DATA.includes(type)) return;
      idle?.cancel();
      idle = startIdle();
    },
    stop() {
      idle?.cancel();
      maximum?.cancel();
    },
  };
}
