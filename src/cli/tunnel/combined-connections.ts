import type { ConnectionEvent } from '../remote/remote.ts';

/** Reports the connections of several sessions as that of one: lost with the first, back with the last. */
export interface CombinedConnections {
  /** Why the first one that is lost was lost; undefined while all are there. */
  readonly lost: ConnectionEvent | undefined;
  /** @returns takes the events of one more session */
  add(): (event: ConnectionEvent) => void;
}

/** @param report - takes their events */
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
