import { createDeferred } from '../../lib/deferred.ts';
import type { SessionSignal } from '../../session/session-type.ts';
import { bufferUntilHandled, type BufferedSignals } from '../process/signals/process-signals.ts';

/** Asks a session that has no signals of the process to end. */
export interface StopRequest {
  /** The session's only signals. */
  readonly signals: BufferedSignals;
  readonly isRequested: boolean;
  /** Resolves when the session is asked to end. */
  readonly requested: Promise<undefined>;
  /** Only the first call counts. */
  request(): void;
}

/** A request that is not made yet. */
export function createStopRequest(): StopRequest {
  const { promise: requested, resolve } = createDeferred<undefined>();
  let deliver: ((signal: SessionSignal) => void) | undefined;
  let isRequested = false;
  return {
    signals: bufferUntilHandled((handler) => {
      deliver = handler;
      return () => {
        deliver = undefined;
      };
    }),
    get isRequested() {
      return isRequested;
    },
    requested,
    request() {
      if (isRequested) return;
      isRequested = true;
      resolve(undefined);
      deliver?.('SIGTERM');
    },
  };
}
