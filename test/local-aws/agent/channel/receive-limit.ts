import type { ProgramHost } from '../programs/program.ts';
import type { TargetConnection } from '../ports/target-connection.ts';

const DEFAULT_LIMIT_BYTES = 4 * 1024 * 1024;

/** Stops reading from the client while targets have too much to take. */
export interface ReceiveLimit {
  /** Something was written to this connection. */
  wrote(connection: TargetConnection): void;
  /** The connection has taken something. */
  taken(connection: TargetConnection): void;
  /** The connection is closed. */
  closed(connection: TargetConnection): void;
}

/** Counts what all connections together have not taken (docs/design/protocol.md#back-pressure). */
export function createReceiveLimit(host: ProgramHost): ReceiveLimit {
  const bound = host.options.receiveLimit ?? DEFAULT_LIMIT_BYTES;
  const backlogged = new Set<TargetConnection>();
  let paused = false;

  const check = (): void => {
    let waiting = 0;
    for (const { backlog } of backlogged) waiting += backlog;
    if (waiting > bound === paused) return;
    paused = !paused;
    if (paused) host.pauseReceiving();
    else host.resumeReceiving();
  };
  return {
    wrote(connection) {
      if (connection.backlog === 0) return;
      backlogged.add(connection);
      check();
    },
    taken(connection) {
      if (connection.backlog === 0) backlogged.delete(connection);
      if (paused) check();
    },
    closed(connection) {
      if (backlogged.delete(connection)) check();
    },
  };
}
