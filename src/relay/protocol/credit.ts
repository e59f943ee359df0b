import { FRAME_COST_BYTES, MAX_CREDIT_BYTES } from './frames.ts';
import { malformed } from './read-frames.ts';
import { windowFrame } from './write-frames.ts';

/** Part of the credit that has arrived before it is granted again. */
const CREDIT_STEP_SHARE = 8;

/** How fast credit may be granted. */
export interface CreditPace {
  /** Bytes that may be on their way at most. */
  window(): number;
  /** Whether credit may be granted now. After false, {@link Credit.grant} is called when it may. */
  admits(): boolean;
}

/** What the relay may send over all streams (docs/design/relay.md#credit). */
export interface Credit {
  /** What HELLO grants. */
  readonly initial: number;
  /**
   * A DATA frame has come, also of a stream that is closed.
   *
   * @throws ProtocolError when it was more than the credit permits
   */
  received(bytes: number): void;
  /** Grants what has waited, if it is enough for a frame of its own. */
  grant(): void;
}

/** @param send - sends a frame to the relay */
export function createCredit(send: (frame: Buffer) => void, pace: CreditPace): Credit {
  const initial = pace.window();
  let left = initial;
  let owed = MAX_CREDIT_BYTES - initial;
  const grant = (): void => {
    const window = pace.window();
    const bytes = Math.min(owed, window - left);
    if (bytes * CREDIT_STEP_SHARE < window || !pace.admits()) return;
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
      grant();
    },
    grant,
  };
}
