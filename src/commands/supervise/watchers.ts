import type { ConnectionStatus } from '../../cli/background/connection-status.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { Client } from './client.ts';
import type { LogLine } from './line-ring.ts';

/** Changes are sent at once, but not more often than people can see. */
const UPDATE_INTERVAL_MS = 100;

/** What a client follows. */
export interface Watcher {
  /** The connection has changed, or is down. */
  changed(name: string): void;
  line(line: LogLine): void;
  /** The supervisor ends. */
  end(): void;
}

/** All clients that follow something. */
export interface Watchers extends Watcher {
  /** @returns removes it */
  add(watcher: Watcher): () => void;
}

/** No client follows anything. */
export function createWatchers(): Watchers {
  const all = new Set<Watcher>();
  const each = (call: (watcher: Watcher) => void): void => {
    for (const watcher of [...all]) call(watcher);
  };
  return {
    add(watcher) {
      all.add(watcher);
      return () => void all.delete(watcher);
    },
    changed: (name) => each((watcher) => watcher.changed(name)),
    line: (line) => each((watcher) => watcher.line(line)),
    end: () => each((watcher) => watcher.end()),
  };
}

/** Sends a client the lines of some connections; of all if `names` is empty. */
export function followLines(client: Client, names: ReadonlySet<string>): Watcher {
  return {
    changed: () => undefined,
    line(line) {
      if (names.size === 0 || names.has(line.name)) sendLine(client, line);
    },
    end: () => client.end(),
  };
}

/** Sends a client a line of a log. */
export function sendLine(client: Client, { time, name, text }: LogLine): void {
  client.sendLine({ reply: 'line', time, name, text });
}

/** What follows some connections. */
export interface ConnectionsWatcher extends Watcher {
  /** Follows only these any longer, of those that it follows. */
  narrow(kept: ReadonlySet<string>): void;
}

/**
 * Sends a client the state of some connections, now and after each change, and their lines. It ends when all are
 * down.
 *
 * @param statusOf - undefined for a connection that is down
 */
export function followConnections(
  client: Client,
  names: ReadonlySet<string>,
  clock: Clock,
  statusOf: (name: string) => ConnectionStatus | undefined,
): ConnectionsWatcher {
  const open = new Set(names);
  const dirty = new Set(names);
  let next: Timer | undefined;
  const update = (): void => {
    next = undefined;
    if (!client.reads) {
      schedule();
      return;
    }
    for (const name of dirty) {
      const connection = statusOf(name);
      if (connection !== undefined) client.send({ reply: 'status', connection });
      else if (open.delete(name)) client.send({ reply: 'down', name });
    }
    dirty.clear();
    if (open.size === 0) client.end();
  };
  const schedule = (): void => {
    next ??= clock.after(UPDATE_INTERVAL_MS, update);
  };
  update();
  return {
    narrow(kept) {
      for (const name of [...open]) if (!kept.has(name)) open.delete(name);
      schedule();
    },
    changed(name) {
      if (!open.has(name)) return;
      dirty.add(name);
      schedule();
    },
    line(line) {
      if (names.has(line.name)) sendLine(client, line);
    },
    end: () => client.end(),
  };
}
