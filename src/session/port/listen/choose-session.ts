import type { LocalSocket } from '../connection/local-socket.ts';

/** A session, as the local port knows it that gives it connections. */
export interface ServingSession {
  /** Whether there is a connection to the service. */
  isConnected(): boolean;
  /** How busy it is, where an open connection counts 1; undefined while it cannot take one. */
  load(): number | undefined;
  /** Takes a connection of a local program, which has not been read so far. */
  take(connection: LocalSocket): void;
  /** Connections wait, because no session can take one. */
  crowded(): void;
  /**
   * Finds out whether the agent can connect to the destination, without a byte for it.
   *
   * @param done - is not called when the session ends before that is known
   */
  probe(done: (result: ProbeResult) => void): void;
}

/** Whether the agent could connect to the destination. */
export type ProbeResult = 'connected' | 'refused';

/**
 * The session for the next connection: the least busy one of those that are connected. While none is
 * connected, the least busy one of all. Of equals the first.
 *
 * @returns undefined while the connection has to wait
 */
export function chooseSession<Session extends ServingSession>(
  sessions: Iterable<Session>,
): Session | undefined {
  const all = [...sessions];
  const connected = all.filter((session) => session.isConnected());
  let chosen: Session | undefined;
  let least = Infinity;
  for (const session of connected.length > 0 ? connected : all) {
    const load = session.load();
    if (load === undefined || load >= least) continue;
    chosen = session;
    least = load;
  }
  return chosen;
}
