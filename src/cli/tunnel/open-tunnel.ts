import { tunnelFailures } from '../../failures/tunnels.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { MAX_LINE_CHARACTERS } from '../../relay/protocol/decode-line.ts';
import { PING_BYTES, RELAY_NONCE_BYTES } from '../../relay/protocol/frames.ts';
import { createTunnel, type Tunnel } from '../../relay/protocol/tunnel.ts';
import { limitCopyMemory } from '../remote/collect-copied.ts';
import type { ConnectionEvent, Remote } from '../remote/remote.ts';
import { combineConnections } from './combined-connections.ts';
import type { LearnedRate } from './learned-rate.ts';
import { splitLines } from './line-splitter.ts';
import { createPulledInput } from './pulled-input.ts';
import { startRelay, type RelayLoss } from './relay-sessions.ts';
import { createTunnelPace } from './tunnel-pace.ts';
import { watchTunnel, type TunnelWatch } from './tunnel-watch.ts';

/** How long the relay may take to send its HELLO, from the start of its session, in milliseconds. */
const HELLO_TIMEOUT_MS = 30_000;

/**
 * If more than this may have been in flight when a connection was cut, the tunnel is replaced at once: the agent repeats only
 * ten messages a second (docs/design/agent.md#losses), so it would not answer in time.
 */
const HOPELESS_BYTES = 100 * 1024;

/**
 * To choose the least busy tunnel, this many messages a second count as one stream: a web page needs about as many.
 */
const MESSAGES_OF_STREAM = 100;

/** A tunnel whose relay has answered. */
export interface OpenTunnel extends Pick<Tunnel, 'open' | 'listen' | 'streams'> {
  /** Resolves when the tunnel is lost or stopped. Only {@link stop} resets its streams. Never rejects. */
  readonly ended: Promise<RelayLoss>;
  /** Whether both sessions have a connection. */
  isConnected(): boolean;
  /** How busy the tunnel is, to choose one of several: its streams, and what they carry at the moment. */
  load(): number;
  /**
   * Reports when the first of the two connections is lost, and when both are back. If one is already lost, it reports that
   * at once.
   *
   * @returns stops the reports
   */
  follow(onEvent: (event: ConnectionEvent) => void): () => void;
  /** Resets all streams and ends the tunnel. Idempotent; resolves when both sessions have ended. */
  stop(): Promise<void>;
}

/**
 * Starts a relay on the target, and waits until it answers.
 *
 * @param user - whom the relay runs as, by sudo; undefined for the user of the session
 * @param learned - the rate that all tunnels of the run share
 * @returns undefined when it was stopped before the relay answered
 * @throws AwsError, CommandError or SessionError when the relay cannot be started
 */
export async function openTunnel(
  remote: Remote,
  user: string | undefined,
  learned: LearnedRate,
): Promise<OpenTunnel | undefined> {
  const { clock, random } = remote.context;
  const answered = createDeferred<true>();
  const broken = createDeferred<RelayLoss>();
  const watching: { watch: TunnelWatch | undefined } = { watch: undefined };
  const nonce = Buffer.alloc(RELAY_NONCE_BYTES);
  random.fill(nonce);
  const pace = createTunnelPace(clock, learned, () => tunnel.grant());
  const tunnel = createTunnel({
    nonce,
    pace,
    now: () => clock.monotonic(),
    wake: () => input.wake(),
    ready: () => answered.resolve(true),
    ponged: () => watching.watch?.ponged(),
    failed: (error) =>
      broken.resolve(new SessionError(tunnelFailures['tunnel-data-invalid'](error.message))),
  });
  const input = createPulledInput((limit) => tunnel.next(limit));
  const copied = limitCopyMemory();
  const output = splitLines(MAX_LINE_CHARACTERS, (line) => {
    watching.watch?.received();
    pace.received(line.length);
    tunnel.receive(line);
    copied(line.length);
  });
  const followers = new Set<(event: ConnectionEvent) => void>();
  const connections = combineConnections((event) => {
    for (const follower of followers) follower(event);
  });
  const relay = await startRelay(remote, user, { input: input.stream, output, connections });
  const ended = Promise.race([relay.ended, broken.promise]);
  const stop = async (): Promise<void> => {
    watching.watch?.stop();
    pace.stop();
    tunnel.close();
    await relay.stop();
  };
  const silent = (): RelayLoss => new SessionError(tunnelFailures['tunnel-silent']());
  const first = await withTimeout(
    clock,
    HELLO_TIMEOUT_MS,
    Promise.race([answered.promise, ended]),
    silent,
  );
  if (first !== true) {
    await stop();
    if (first !== undefined) throw first;
    return undefined;
  }
  const token = Buffer.alloc(PING_BYTES);
  watching.watch = watchTunnel(clock, {
    connectedSince: () => relay.connectedSince(),
    disconnected() {
      const waits = pace.window();
      if (pace.disconnected() && waits > HOPELESS_BYTES) broken.resolve(silent());
    },
    ping: () => tunnel.ping(token),
    lost: () => broken.resolve(silent()),
  });
  return {
    open: (destination, handlers) => tunnel.open(destination, handlers),
    listen: (address, handlers, onAccept) => tunnel.listen(address, handlers, onAccept),
    streams: () => tunnel.streams(),
    ended,
    isConnected: () => relay.connectedSince() !== undefined,
    load: () => tunnel.streams() + Math.floor(pace.carried() / MESSAGES_OF_STREAM),
    follow(onEvent) {
      followers.add(onEvent);
      if (connections.lost !== undefined) onEvent(connections.lost);
      return () => void followers.delete(onEvent);
    },
    stop,
  };
}
