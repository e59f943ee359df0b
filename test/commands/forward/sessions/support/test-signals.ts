import type { ForwardSignals } from '../../../../../src/commands/forward/sessions/forward-signals.ts';
import type { EndingSignal } from '../../../../../src/cli/process/signals/process-signals.ts';
import { createDeferred } from '../../../../../src/lib/deferred.ts';

/** Signals that only a test sends. */
export interface TestSignals extends ForwardSignals {
  /** How many sessions were ended alone. */
  readonly ended: number;
}

/** No signal so far. */
export function createTestSignals(): TestSignals {
  const { promise: stopping, resolve } = createDeferred<EndingSignal>();
  let isStopping = false;
  let ended = 0;
  const signals = {
    onSignal: () => () => undefined,
    buffer: () => undefined,
    stop: () => undefined,
  };
  return {
    get isStopping() {
      return isStopping;
    },
    get ended() {
      return ended;
    },
    stopping,
    forSession: () => ({
      acquired: { signals, release: () => undefined },
      end() {
        ended++;
      },
    }),
    stop() {
      isStopping = true;
      resolve('SIGTERM');
    },
    release: () => undefined,
  };
}
