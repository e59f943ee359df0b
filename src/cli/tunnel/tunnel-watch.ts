import type { Clock } from '../../lib/clock.ts';

/** The time between two pings of an idle tunnel, in milliseconds: a relay that receives nothing for 60 s ends. */
const TUNNEL_PING_INTERVAL_MS = 15_000;
/**
 * When nothing follows data for this time, in milliseconds, a ping finds out why: the service may have paused the channel,
 * which stops the agent's output for good (docs/design/agent.md#separate-output).
 */
const TUNNEL_DOUBT_MS = 2_000;
/** A tunnel that sends nothing for this time after a ping, in milliseconds, is lost. */
const PONG_TIMEOUT_MS = 10_000;
const TUNNEL_CHECK_INTERVAL_MS = 1_000;

/** The tunnel that is watched. */
export interface WatchedTunnel {
  /** The time since which both sessions have a connection, in monotonic milliseconds; undefined while one has none. */
  connectedSince(): number | undefined;
  /** Called when a connection was lost; it may be back already. */
  disconnected(): void;
  ping(): void;
  /** Called once, when the tunnel does not answer. */
  lost(): void;
}

/** Notices when a tunnel no longer answers. */
export interface TunnelWatch {
  /** The tunnel has received a byte. Call it before `ponged`. */
  received(): void;
  /** The received bytes were the answer to a ping. */
  ponged(): void;
  stop(): void;
}

type WatchState =
  /** Nothing was received after the last answer to a ping, or since the tunnel was opened. */
  | 'idle'
  /** Data was received after it. */
  | 'active'
  /** A ping was sent: any byte shows that the tunnel works. */
  | 'asked'
  | 'disconnected'
  /**
   * The connection is back, and only the answer to a ping counts: the agent repeats what was in flight at ten messages a
   * second (docs/design/agent.md#losses), which may take minutes. A new tunnel is ready in seconds.
   */
  | 'returned';

/** Starts to watch a tunnel that has just answered. */
export function watchTunnel(clock: Clock, tunnel: WatchedTunnel): TunnelWatch {
  let lastPing = clock.monotonic();
  let lastByte = lastPing;
  let state: WatchState = 'idle';
  let knownSince = tunnel.connectedSince();

  const isDue = (now: number): boolean => now - lastPing >= TUNNEL_PING_INTERVAL_MS;
  const ping = (now: number, asked: 'asked' | 'returned' = 'asked'): void => {
    state = asked;
    lastPing = now;
    tunnel.ping();
  };
  const timer = clock.every(TUNNEL_CHECK_INTERVAL_MS, () => {
    const now = clock.monotonic();
    const since = tunnel.connectedSince();
    if (since === undefined || since !== knownSince) {
      if (state !== 'disconnected') tunnel.disconnected();
      state = 'disconnected';
      knownSince = since;
      if (since === undefined) return;
    }
    switch (state) {
      case 'disconnected':
        ping(now, 'returned');
        break;
      case 'asked':
      case 'returned':
        if (now - lastPing < PONG_TIMEOUT_MS) break;
        timer.cancel();
        tunnel.lost();
        break;
      case 'active':
        if (now - lastByte >= TUNNEL_DOUBT_MS || isDue(now)) ping(now);
        break;
      case 'idle':
        if (isDue(now)) ping(now);
    }
  });
  return {
    received() {
      lastByte = clock.monotonic();
      if (state !== 'disconnected' && state !== 'returned') state = 'active';
    },
    ponged() {
      if (state !== 'disconnected') state = 'idle';
    },
    stop: () => timer.cancel(),
  };
}
