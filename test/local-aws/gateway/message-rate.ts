/** Counts the messages of one direction of a connection. */
export interface MessageRate {
  /** @returns whether this message is one too many */
  exceededBy(now: number): boolean;
}

const SECOND_MS = 1000;

/**
 * What is reported of the service: it cuts connections with too many messages a second. How it counts them is not
 * known; this one counts seconds that begin with a message.
 *
 * @param limit - messages a second
 */
export function createMessageRate(limit: number): MessageRate {
  let beganAt = -Infinity;
  let count = 0;
  return {
    exceededBy(now) {
      if (now - beganAt >= SECOND_MS) {
        beganAt = now;
        count = 0;
      }
      return ++count > limit;
    },
  };
}
