import type { ConnectionEvent } from '../remote/remote.ts';

/** Reports the connections of several sessions as one: it is lost when the first of them is, and back when all are. */
export interface CombinedConnections {
  /** The loss of the connection that was lost first; undefined while all are connected. */
  readonly lost: ConnectionEvent | undefined;
  /** Adds a session. @returns the function that takes its events */
  add(): (event: ConnectionEvent) => void;
}

/** @param report - takes the events of the combined connection */
export function combineConnections(report: (event: ConnectionEvent) => void): CombinedConnections {
  const losses = new Map<object, ConnectionEvent>();
  return {
    get lost() {
      const [first] = losses.values();
      return first;
    },
    add() {
      const session = {};
      return (event) => {
        if (event.kind === 'reconnecting') {
          losses.set(session, event);
          if (losses.size === 1) report(event);
        } else if (losses.delete(session) && losses.size === 0) {
          report(event);
        }
      };
    },
  };
}
