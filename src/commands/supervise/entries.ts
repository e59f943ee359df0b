import { hash } from 'node:crypto';
import type { Environment } from '../../aws/aws-options.ts';
import type { ConnectionStatus, PortStateName } from '../../cli/background/connection-status.ts';
import type { Job, Surroundings } from '../../cli/background/protocol.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Client } from './client.ts';
import type { ConnectionProcess, ProcessEvents } from './connection-process.ts';
import { createLineRing, type LineRing } from './line-ring.ts';
import { createSupervised, type Supervised } from './supervised.ts';
import type { Watcher } from './watchers.ts';

/** What connections in the background need of the process. */
export interface EntriesHost {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly startProcess: (
    job: Job,
    surroundings: Surroundings,
    events: ProcessEvents,
  ) => ConnectionProcess;
}

/** A connection, who wants it, and what it has written. */
export interface Entry {
  readonly supervised: Supervised;
  readonly ring: LineRing;
  readonly env: Environment;
  /** Of its settings. */
  readonly digest: string;
  /** It ends with the last of them. Undefined: it stays until it is ended. */
  owners: Set<Client> | undefined;
  /** The files with credentials when its sign-in was found to have expired. */
  credentials: string | undefined;
}

/** The connections in the background, by their names. */
export interface Entries {
  readonly all: readonly Entry[];
  get(name: string): Entry | undefined;
  statusOf(name: string): ConnectionStatus | undefined;
  start(job: Job, surroundings: Surroundings): Entry;
  /** Resolves when it is down. */
  stop(entry: Entry): Promise<void>;
}

/** Variables of `up` that start a connection again when they have another value. */
const COMPARED_VARIABLES =
  /^(?:AWS_|SSM_PLUGIN_|SSL_CERT_|NODE_EXTRA_CA_CERTS$|(?:https?|no|all)_proxy$)/i;

/** Of these, `up` makes another try at once. */
const WAITING: ReadonlySet<PortStateName> = new Set([
  'pausing',
  'sign-in-expired',
  'failed',
  'ended',
]);

/** No connections. */
export function createEntries(
  host: EntriesHost,
  watcher: Pick<Watcher, 'changed' | 'line'>,
): Entries {
  const { clock, random } = host;
  const entries = new Map<string, Entry>();
  let lineNumber = 0;
  return {
    get all() {
      return [...entries.values()];
    },
    get: (name) => entries.get(name),
    statusOf(name) {
      const entry = entries.get(name);
      return entry && { ...entry.supervised.status, attached: entry.owners !== undefined };
    },
    start(job, surroundings) {
      const { name } = job;
      const { env } = surroundings;
      const ring = createLineRing();
      const supervised = createSupervised({
        ...{ job, clock, random },
        changed: () => watcher.changed(name),
        log(text) {
          const line = { time: clock.now(), number: lineNumber++, name, text };
          ring.add(line);
          watcher.line(line);
        },
        start: (events) => host.startProcess(job, surroundings, events),
      });
      const digest = digestOf(job, env);
      const entry = { supervised, ring, env, digest, owners: undefined, credentials: undefined };
      entries.set(name, entry);
      return entry;
    },
    async stop(entry) {
      const { name } = entry.supervised.status;
      entry.supervised.stop();
      await entry.supervised.down;
      if (entries.get(name) === entry) entries.delete(name);
      watcher.changed(name);
    },
  };
}

/** Whether a connection is what a job asks for, so that it can stay as it is. */
export function serves({ digest, supervised }: Entry, job: Job, env: Environment): boolean {
  if (digest !== digestOf(job, env) || supervised.isEnding) return false;
  return !supervised.status.ports.some(({ state }) => WAITING.has(state));
}

/** A digest of what decides how a connection is forwarded: it has keys, which need not be kept a second time. */
function digestOf(job: Job, env: Environment): string {
  const variables = Object.entries(env).filter(([name]) => COMPARED_VARIABLES.test(name));
  return hash('sha256', JSON.stringify([job, variables.sort(([a], [b]) => (a < b ? -1 : 1))]));
}
