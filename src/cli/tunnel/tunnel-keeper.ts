import type { CommandContext } from '../framework/command-context.ts';
import { createRemote, requirePosix, type Remote } from '../remote/remote.ts';
import { createRestartPace, type RestartPace } from '../run/start/restart-pace.ts';
import { createLearnedRate, type LearnedRate } from './learned-rate.ts';
import { openTunnel, type OpenTunnel } from './open-tunnel.ts';
import { sharePace } from './shared-pace.ts';
import { TUNNEL_TRANSITIONS, type TunnelEvent, type TunnelState } from './tunnel-state.ts';

/** An open tunnel, as its users get it: only the keeper can end it. */
export type SharedTunnel = Omit<OpenTunnel, 'stop'> & {
  /** The id of the target. */
  readonly target: string;
};

/** One use of a tunnel that several users share. */
export interface TunnelUse {
  /** Resolves with undefined when every user has released the tunnel first. Rejects when it cannot be opened. */
  readonly opened: Promise<SharedTunnel | undefined>;
  /**
   * Ends this use. The last one ends the tunnel. Idempotent.
   *
   * @returns resolves when the tunnel has ended, or at once while others use it
   */
  release(): Promise<void>;
}

/** Opens a tunnel for its first user, shares it with further ones, and ends it with the last one. */
export interface TunnelKeeper {
  /** When the next tunnel may be opened. Several users that report the failure of the same tunnel count once. */
  readonly pace: RestartPace;
  /** Uses the tunnel; opens one if none is open. */
  use(): TunnelUse;
}

/** The options that all tunnels of a command share. */
export interface TunnelsOptions {
  readonly context: CommandContext;
  /** The command that needs the tunnels, for failures, such as `forward --fast`. */
  readonly what: string;
  /** Note for the session history; undefined for none. */
  readonly reason: string | undefined;
  /** The user on the target whom the relay runs as, by sudo; undefined for the user of the session. */
  readonly user: string | undefined;
  /** Finds the target of the next tunnel. @param isLater - whether some time has passed since the command found its target */
  readonly target: (isLater: boolean) => string | Promise<string>;
  /** Whether this is also so for the first tunnel. */
  readonly startsLater: boolean;
}

/** @returns `count` keepers of tunnels to the target of a command, whose facts are asked for once */
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

/** A tunnel, from its first user to its end. */
interface Kept {
  state: TunnelState;
  users: number;
  /** Aborts the start of the tunnel. */
  readonly unwanted: AbortController;
  readonly opened: Promise<SharedTunnel | undefined>;
  /** Ends the tunnel; does nothing before it is open. */
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
        // `opened` reports a failure to the users that wait for it.
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
      // In a later microtask, because it needs `kept`.
      opened: Promise.resolve().then(() => this.#open(kept, isLater)),
      stop: () => Promise.resolve(),
    };
    kept.opened.catch(() => advance(kept, 'failed'));
    this.#current = kept;
    return kept;
  }

  /** @throws AwsError, CommandError or SessionError when the tunnel cannot be opened */
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

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** @returns makes remotes; one with the same target as the last one reuses its facts */
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
