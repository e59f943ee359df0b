import type { CreditLimit } from './credit-limit.ts';
import { FRAME_COST_BYTES, MAX_CREDIT_BYTES } from './frames.ts';
import { malformed } from './read-frames.ts';
import { windowFrame } from './write-frames.ts';

/** Part of the credit that has arrived before it is granted again. */
const CREDIT_STEP_SHARE = 8;
/** The same in bytes, at most half of the credit: each grant is a message. */
const CREDIT_STEP_BYTES = 32 * 1024;

/** How fast credit may be granted. */
export interface CreditPace {
  /** Most bytes that may be in flight. */
  window(): number;
  /** Whether credit may be granted now. After false, {@link Credit.grant} is called when it may. */
  admits(): boolean;
}

/** What the relay may send over all streams (docs/design/relay.md#credit). */
export interface Credit {
  /** The credit that HELLO grants. */
  readonly initial: number;
  /**
   * A DATA frame has come, also of a stream that is closed.
   *
   * @throws ProtocolError when it was more than the credit permits
   */
  received(bytes: number): void;
  /** A PONG has come. Returns whether it was meant for the credit. */
  ponged(token: Buffer): boolean;
  /** Grants the credit that has waited, if it is enough for a separate frame. */
  grant(): void;
}

/** @param send - sends a frame to the relay */
export function createCredit(
  send: (frame: Buffer) => void,
  pace: CreditPace,
  limit: CreditLimit,
): Credit {
  const permitted = (): number => Math.min(pace.window(), limit.bytes());
  const initial = permitted();
  let left = initial;
  let owed = MAX_CREDIT_BYTES - initial;
  const grant = (): void => {
    const window = permitted();
    const bytes = Math.min(owed, window - left);
    const step = Math.max(window / CREDIT_STEP_SHARE, Math.min(window / 2, CREDIT_STEP_BYTES));
    if (bytes < step || !pace.admits()) return;
    send(windowFrame(0, bytes));
    left += bytes;
    owed -= bytes;
  };
  return {
    initial,
    received(bytes) {
      const cost = bytes + FRAME_COST_BYTES;
      left -= cost;
      if (left < 0) throw malformed('more data than the credit permits');
      owed += cost;
      limit.arrived(cost);
      grant();
    },
    ponged: (token) => limit.ponged(token),
    grant,
  };
}
