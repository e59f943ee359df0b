import type { Clock } from '../../lib/clock.ts';

/** Between two pings of a tunnel that is idle, in milliseconds: a relay that receives nothing for 60 s ends. */
const TUNNEL_PING_INTERVAL_MS = 15_000;
/**
 * When nothing follows data for this time, in milliseconds, a ping finds out why: the service may have paused the channel,
 * which stops the agent's output for good (docs/design/agent.md#separate-output).
 */
const TUNNEL_DOUBT_MS = 2_000;
/** A tunnel that sends nothing for this time after a ping, in milliseconds, is lost. */
const PONG_TIMEOUT_MS = 10_000;
const TUNNEL_CHECK_INTERVAL_MS = 1_000;

/** What is watched. */
export interface WatchedTunnel {
  /** Since when both of its sessions have a connection, in monotonic milliseconds; undefined while one has none. */
  connectedSince(): number | undefined;
  /** A connection was lost; it may be back already. */
  disconnected(): void;
  ping(): void;
  /** It does not answer. Called once. */
  lost(): void;
}

/** Notices that a tunnel does not answer any more. */
export interface TunnelWatch {
  /** A byte has come. */
  received(): void;
  /** What has come was the answer to a ping. */
  ponged(): void;
  stop(): void;
}

type WatchState =
  /** All that came was answered for: the last byte was that of a ping's answer. */
  | 'idle'
  /** Data has come since. */
  | 'active'
  /** A ping is out: any byte shows that the tunnel works. */
  | 'asked'
  | 'disconnected'
  /**
   * The connection is back, and only the answer to a ping counts: the agent repeats what was on its way at ten messages a
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
