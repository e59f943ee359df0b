import type { CreditPace } from '../../../src/relay/protocol/credit.ts';
import { RELAY_NONCE_BYTES } from '../../../src/relay/protocol/frames.ts';
import type { TunnelHost } from '../../../src/relay/protocol/tunnel-run.ts';

/** The nonce of tunnels in tests, which a relay returns in its first frame. */
export const TEST_NONCE = Buffer.alloc(RELAY_NONCE_BYTES, 7);
/** The pace of a relay that may send all that it has credit for. */
export const UNPACED: CreditPace = { window: () => Infinity, admits: () => true };

/** Surroundings of a tunnel whose frames and lines a test moves itself, at one moment of time. */
export function idleHost(failed: (error: Error) => void): TunnelHost {
  return {
    nonce: TEST_NONCE,
    now: () => 0,
    pace: UNPACED,
    wake: () => undefined,
    ready: () => undefined,
    ponged: () => undefined,
    failed,
  };
}
