/** `wake-requested`: a consumer asked for it while a message was delivered to it. */
type DeliveryState = 'none' | 'in-progress' | 'wake-requested';

/**
 * Prevents nested deliveries. A consumer may ask for more while it takes a message; the request takes effect
 * after the consumer has returned.
 */
export interface DeliveryGuard {
  /**
   * Runs a function that calls consumers.
   *
   * @returns true when a wake was requested meanwhile, which the caller carries out
   */
  run(deliver: () => void): boolean;
  /** @returns false when no delivery is in progress: then the wake may be carried out at once */
  requestWake(): boolean;
}

/** No delivery is in progress. */
export function createDeliveryGuard(): DeliveryGuard {
  let state: DeliveryState = 'none';
  const finish = (): DeliveryState => {
    const before = state;
    state = 'none';
    return before;
  };
  return {
    run(deliver) {
      // A socket in memory answers a frame at once, so this call is nested. The outer call returns the
      // request.
      if (state !== 'none') {
        deliver();
        return false;
      }
      state = 'in-progress';
      try {
        deliver();
      } catch (error) {
        finish();
        throw error;
      }
      return finish() === 'wake-requested';
    },
    requestWake() {
      if (state === 'none') return false;
      state = 'wake-requested';
      return true;
    },
  };
}
