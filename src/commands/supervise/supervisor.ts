import type { Environment } from '../../aws/aws-options.ts';
import type { ConnectionStatus } from '../../cli/background/connection-status.ts';
import type { Request } from '../../cli/background/protocol.ts';
import type { Timer } from '../../lib/clock.ts';
import { createDeferred } from '../../lib/deferred.ts';
import type { Client } from './client.ts';
import { createEntries, serves, type Entries, type EntriesHost, type Entry } from './entries.ts';
import { createWatchers, followConnections, followLines, sendLine } from './watchers.ts';

/** How long a renewed sign-in is not noticed: there is no event for it on every system and file system. */
const SIGN_IN_CHECK_MS = 2_000;
/** Each one has a process. */
const MAX_UP_CONNECTIONS = 100;

/** All connections in the background. */
export interface Supervisor {
  /** A client is there, whose request is not known yet. @returns it has left */
  visit(): () => void;
  /** Carries out a request. */
  serve(client: Client, request: Request): void;
  /** Ends all. */
  stop(): void;
  /** Resolves when no connection is left, and no client is about to ask for one. */
  readonly empty: Promise<void>;
}

/** What it works with. */
export interface SupervisorHost extends EntriesHost {
  /** What changes with the credentials of a profile. */
  readonly credentialFiles: (env: Environment) => Promise<string>;
}

type UpRequest = Request & { readonly request: 'up' };

/** A supervisor without connections. */
export function createSupervisor(host: SupervisorHost): Supervisor {
  return new ConnectionSupervisor(host);
}

class ConnectionSupervisor implements Supervisor {
  readonly #host: SupervisorHost;
  readonly #watchers = createWatchers();
  readonly #entries: Entries;
  readonly #empty = createDeferred<undefined>();
  readonly #signInChecks: Timer;
  #visitors = 0;
  #isStopping = false;
  /** Requests for connections are carried out one after the other. */
  #working = Promise.resolve();

  constructor(host: SupervisorHost) {
    this.#host = host;
    this.#entries = createEntries(host, this.#watchers);
    this.#signInChecks = host.clock.every(SIGN_IN_CHECK_MS, () => {
      for (const entry of this.#entries.all) void this.#checkSignIn(entry);
    });
  }

  get empty(): Promise<void> {
    return this.#empty.promise;
  }

  visit(): () => void {
    let isThere = true;
    this.#visitors++;
    return () => {
      if (!isThere) return;
      isThere = false;
      this.#visitors--;
      this.#checkEmpty();
    };
  }

  serve(client: Client, request: Request): void {
    switch (request.request) {
      case 'up':
        this.#inTurn(() => this.#bringUp(client, request));
        break;
      case 'down':
        this.#inTurn(() => this.#bringDown(client, request.names));
        break;
      case 'status':
        this.#showStatus(client);
        break;
      case 'logs':
        this.#showLines(client, request.names, request.follow);
    }
  }

  stop(): void {
    this.#isStopping = true;
    for (const entry of this.#entries.all) void this.#stop(entry);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#entries.all.length > 0 || (this.#visitors > 0 && !this.#isStopping)) return;
    this.#signInChecks.cancel();
    this.#watchers.end();
    this.#empty.resolve(undefined);
  }

  /** After the requests before it; the supervisor does not end meanwhile. */
  #inTurn(work: () => Promise<void>): void {
    const leave = this.visit();
    this.#working = this.#working.then(work).finally(leave);
  }

  async #stop(entry: Entry): Promise<void> {
    await this.#entries.stop(entry);
    this.#checkEmpty();
  }

  async #bringUp(client: Client, request: UpRequest): Promise<void> {
    const { attached, jobs, directory, env } = request;
    const found = jobs.map((job) => ({ job, old: this.#entries.get(job.name) }));
    const added = found.filter(({ old }) => old === undefined).length;
    if (this.#isStopping || this.#entries.all.length + added > MAX_UP_CONNECTIONS) {
      client.refuse(
        this.#isStopping ? 'it is ending' : `it has room for ${MAX_UP_CONNECTIONS} connections`,
      );
      return;
    }
    const changed = found.filter(({ job, old }) => old !== undefined && !serves(old, job, env));
    const ended = changed.flatMap(({ old }) => (old === undefined ? [] : [old]));
    await Promise.all(ended.map((old) => this.#entries.stop(old)));
    for (const one of found) {
      const { job, old } = one;
      const isNew = old === undefined || changed.includes(one);
      const entry = isNew ? this.#entries.start(job, { directory, env }) : old;
      own(entry, attached ? client : undefined, isNew);
      const result = old === undefined ? 'started' : isNew ? 'replaced' : 'kept';
      client.send({ reply: 'accepted', name: job.name, result });
    }
    this.#follow(client, new Set(jobs.map(({ name }) => name)));
  }

  #follow(client: Client, names: ReadonlySet<string>): void {
    const statusOf = (name: string): ConnectionStatus | undefined => this.#entries.statusOf(name);
    const watcher = followConnections(client, names, this.#host.clock, statusOf);
    client.onClosed(this.#watchers.add(watcher));
    client.onFinished(() => watcher.narrow(this.#release(client)));
  }

  /** Ends what only this client wants. @returns the names */
  #release(client: Client): ReadonlySet<string> {
    const released = this.#entries.all.filter(
      ({ owners }) => owners?.delete(client) === true && owners.size === 0,
    );
    for (const entry of released) void this.#stop(entry);
    return new Set(released.map(nameOf));
  }

  async #bringDown(client: Client, names: readonly string[]): Promise<void> {
    await Promise.all(
      this.#chosen(names).map(async (entry) => {
        await this.#entries.stop(entry);
        client.send({ reply: 'down', name: nameOf(entry) });
      }),
    );
    client.end();
  }

  #showStatus(client: Client): void {
    for (const entry of this.#entries.all) {
      const connection = this.#entries.statusOf(nameOf(entry));
      if (connection !== undefined) client.send({ reply: 'status', connection });
    }
    client.end();
  }

  #showLines(client: Client, names: readonly string[], follow: boolean): void {
    const lines = this.#chosen(names).flatMap(({ ring }) => ring.lines);
    for (const line of [...lines].sort((a, b) => a.number - b.number)) sendLine(client, line);
    if (!follow) {
      client.end();
      return;
    }
    const remove = this.#watchers.add(followLines(client, new Set(names)));
    client.onFinished(() => {
      remove();
      client.end();
    });
  }

  #chosen(names: readonly string[]): readonly Entry[] {
    return this.#entries.all.filter((entry) => names.length === 0 || names.includes(nameOf(entry)));
  }

  async #checkSignIn(entry: Entry): Promise<void> {
    if (!entry.supervised.isSignedOut) {
      entry.credentials = undefined;
      return;
    }
    const now = await this.#host.credentialFiles(entry.env);
    const before = (entry.credentials ??= now);
    if (now === before) return;
    entry.credentials = undefined;
    entry.supervised.signInRenewed();
  }
}

/** Records who wants a connection. @param client - undefined when it stays until it is ended */
function own(entry: Entry, client: Client | undefined, isNew: boolean): void {
  if (client === undefined) entry.owners = undefined;
  else if (isNew) entry.owners = new Set([client]);
  else entry.owners?.add(client);
}

function nameOf({ supervised }: Entry): string {
  return supervised.status.name;
}
