import { FRAME_COST_BYTES, MAX_CREDIT_BYTES } from './frames.ts';
import { malformed } from './read-frames.ts';
import { windowFrame } from './write-frames.ts';

/** Part of the credit that has arrived before it is granted again. */
const CREDIT_STEP_SHARE = 8;

/** What the relay may send over all streams (docs/design/relay.md#credit). */
export interface Credit {
  /**
   * A DATA frame has come, also of a stream that is closed.
   *
   * @throws ProtocolError when it was more than the credit permits
   */
  received(bytes: number): void;
}

/** @param send - sends a frame to the relay */
export function createCredit(send: (frame: Buffer) => void): Credit {
  let left = MAX_CREDIT_BYTES;
  let owed = 0;
  return {
    received(bytes) {
      const cost = bytes + FRAME_COST_BYTES;
      left -= cost;
      if (left < 0) throw malformed('more data than the credit permits');
      owed += cost;
      if (owed * CREDIT_STEP_SHARE < MAX_CREDIT_BYTES) return;
      send(windowFrame(0, owed));
      left += owed;
      owed = 0;
    },
  };
}
