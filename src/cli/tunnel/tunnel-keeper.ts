import type { CommandContext } from '../framework/command-context.ts';
import { createRemote, requirePosix, type Remote } from '../remote/remote.ts';
import { createRestartPace, type RestartPace } from '../run/start/restart-pace.ts';
import { createLearnedRate, type LearnedRate } from './learned-rate.ts';
import { openTunnel, type OpenTunnel } from './open-tunnel.ts';
import { sharePace } from './shared-pace.ts';
import { TUNNEL_TRANSITIONS, type TunnelEvent, type TunnelState } from './tunnel-state.ts';

/** A tunnel that is open, as one of its users sees it: only the keeper ends it. */
export type SharedTunnel = Omit<OpenTunnel, 'stop'> & {
  /** The id of its target. */
  readonly target: string;
};

/** A part in a tunnel. */
export interface TunnelUse {
  /** Resolves with undefined when no user wants it any more. Rejects when the tunnel cannot be opened. */
  readonly opened: Promise<SharedTunnel | undefined>;
  /**
   * Ends this use: the tunnel ends with the last one. Idempotent.
   *
   * @returns resolves when the tunnel has ended, or others use it
   */
  release(): Promise<void>;
}

/** Keeps one tunnel for several users: while there are any, and one is open or can be opened. */
export interface TunnelKeeper {
  /** How soon a tunnel is followed by the next one. Of the users of one tunnel, one report counts. */
  readonly pace: RestartPace;
  /** Uses the tunnel. Opens one when there is none. */
  use(): TunnelUse;
}

/** What the tunnels of a command have in common. */
export interface TunnelsOptions {
  readonly context: CommandContext;
  /** What needs the tunnels, such as `forward --fast`. */
  readonly what: string;
  /** Note for the session history; undefined for none. */
  readonly reason: string | undefined;
  /** The user on the target, by sudo; undefined for that of the session. */
  readonly user: string | undefined;
  /** The target of the next tunnel. @param isLater - it is opened some time after the command has found its target */
  readonly target: (isLater: boolean) => string | Promise<string>;
  /** Whether the first one is opened later, too. */
  readonly startsLater: boolean;
}

/** Keeps some tunnels to the target of a command, which is asked for its facts once. */
export function createTunnelKeepers(
  options: TunnelsOptions,
  count: number,
): readonly TunnelKeeper[] {
  const { clock, random } = options.context;
  const remotes = rememberRemote(options);
  const learned = createLearnedRate(clock);
  return Array.from(
    { length: count },
    () =>
      new SharedTunnelKeeper({ ...options, learned }, remotes, createRestartPace(random.uniform)),
  );
}

/** One tunnel, from its first user to its end. */
interface Kept {
  state: TunnelState;
  users: number;
  /** Ends what is being started. */
  readonly unwanted: AbortController;
  readonly opened: Promise<SharedTunnel | undefined>;
  /** Ends it once it is open. */
  stop: () => Promise<void>;
}

type KeeperOptions = TunnelsOptions & { readonly learned: LearnedRate };

type RemoteOf = (target: string, stopped: AbortSignal) => Remote;

class SharedTunnelKeeper implements TunnelKeeper {
  readonly pace: RestartPace;
  readonly #options: KeeperOptions;
  readonly #remoteOf: RemoteOf;
  #current: Kept | undefined;

  constructor(options: KeeperOptions, remoteOf: RemoteOf, pace: RestartPace) {
    this.#options = options;
    this.#remoteOf = remoteOf;
    this.pace = sharePace(pace, () => this.#current);
  }

  use(): TunnelUse {
    const kept = this.#usable() ?? this.#begin();
    kept.users++;
    let isReleased = false;
    return {
      opened: kept.opened,
      release: async () => {
        if (!isReleased) kept.users--;
        isReleased = true;
        if (kept.users === 0) advance(kept, 'unwanted');
        if (kept.state !== 'closing') return;
        kept.unwanted.abort();
        // A failure to open it is for those who wait for that.
        await kept.opened.catch(() => undefined);
        await kept.stop();
      },
    };
  }

  #usable(): Kept | undefined {
    const kept = this.#current;
    return kept?.state === 'opening' || kept?.state === 'open' ? kept : undefined;
  }

  #begin(): Kept {
    const isLater = this.#options.startsLater || this.#current !== undefined;
    const unwanted = new AbortController();
    const kept: Kept = {
      state: 'opening',
      users: 0,
      unwanted,
      // It begins when `kept` is there.
      opened: Promise.resolve().then(() => this.#open(kept, isLater)),
      stop: () => Promise.resolve(),
    };
    kept.opened.catch(() => advance(kept, 'failed'));
    this.#current = kept;
    return kept;
  }

  /** @throws AwsError, CommandError or SessionError when it cannot be opened */
  async #open(kept: Kept, isLater: boolean): Promise<SharedTunnel | undefined> {
    const { target, what, user, learned } = this.#options;
    const { signal } = kept.unwanted;
    const id = await Promise.race([target(isLater), aborted(signal)]);
    if (id === undefined) return undefined;
    const remote = this.#remoteOf(id, signal);
    await requirePosix(remote, what);
    const tunnel = await openTunnel(remote, user, learned);
    if (tunnel === undefined) {
      advance(kept, 'failed');
      return undefined;
    }
    kept.stop = async () => {
      await tunnel.stop();
      advance(kept, 'ended');
    };
    advance(kept, 'opened');
    void tunnel.ended.then(() => {
      advance(kept, 'lost');
      return kept.stop();
    });
    return { ...tunnel, target: id };
  }
}

function advance(kept: Kept, event: TunnelEvent): void {
  kept.state = TUNNEL_TRANSITIONS[kept.state][event] ?? kept.state;
}

/** Resolves when it is aborted. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** @returns a remote whose facts are those of the one before, if it has the same target */
function rememberRemote({ context, reason }: TunnelsOptions): RemoteOf {
  let last: Remote | undefined;
  return (id, stopped) => {
    if (last?.target.id !== id) {
      const target = { id, title: id, node: undefined };
      last = createRemote({ context, target, reason, stopped });
    }
    return { ...last, stopped };
  };
}
