import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../lib/clock.ts';
import { createDeferred } from '../lib/deferred.ts';
import { createDeadline } from './deadline.ts';
import { connectionFailure } from '../failures/connection-failure.ts';
import { networkFailures } from '../failures/network.ts';
import { performTlsHandshake, type Handshake, type HandshakeRequest } from './tls/tls-handshake.ts';
import { isNetworkError, NetworkError } from './network-error.ts';
import { proxyName, type Proxy } from './proxy/proxy.ts';
import { describeTlsFailure, isChainRefused } from './tls/tls-error.ts';
import type { Trust } from './tls/trust.ts';
import { openTunnel } from './proxy/tunnel.ts';

/**
 * Time limit of one connection, from resolving the name to the end of the TLS handshake, in
 * milliseconds. A firewall that drops packets, a hung proxy and a hung handshake must not hang the
 * program. A satellite link needs 3 s.
 */
export const CONNECT_TIMEOUT_MS = 10_000;

/** What opening a connection works with. */
export interface ConnectionSettings {
  readonly trust: Trust;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Where to connect. */
export interface ConnectionTarget {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly proxy: Proxy | undefined;
}

/**
 * Opens a verified TLS connection.
 *
 * @throws NetworkError
 */
export async function openSecureConnection(
  target: ConnectionTarget,
  settings: ConnectionSettings,
): Promise<TLSSocket> {
  const { trust } = settings;
  // The certificate of a proxy with TLS is most often signed by a company's own root.
  const isWhole = target.proxy?.secure === true;
  const first = await attempt(target, settings, {
    loadContext: () => (isWhole ? trust.whole() : trust.first()),
    readsChain: false,
  });
  if (first.kind === 'ready') return first.socket;
  // Also without further roots: only a failure takes the time to read what is refused.
  const last = isChainRefused(first.error)
    ? await attempt(target, settings, { loadContext: () => trust.whole(), readsChain: true })
    : first;
  if (last.kind === 'ready') return last.socket;
  throw isNetworkError(last.error)
    ? last.error
    : describeTlsFailure({
        ...last,
        host: target.host,
        problems: trust.problems(),
        now: settings.clock.now(),
      });
}

/** How one attempt verifies the host. */
interface Verification extends Pick<HandshakeRequest, 'readsChain'> {
  readonly loadContext: () => Promise<SecureContext>;
}

async function attempt(
  target: ConnectionTarget,
  settings: ConnectionSettings,
  { loadContext, readsChain }: Verification,
): Promise<Handshake> {
  const deadline = createDeadline(settings.clock, settings.timeoutMs);
  const { host, proxy } = target;
  const seconds = settings.timeoutMs / 1000;
  let onTimeout = networkFailures['connection-timeout'](host, seconds);
  try {
    let tunnel: Duplex;
    let secureContext: SecureContext;
    if (proxy === undefined) {
      [tunnel, secureContext] = await dialMeanwhile(target, deadline.signal, loadContext);
    } else {
      onTimeout = networkFailures['proxy-timeout'](proxyName(proxy), seconds);
      secureContext = await loadContext();
      tunnel = await openTunnel(proxy, target, secureContext, deadline.signal);
    }
    onTimeout = networkFailures['tls-timeout'](host, seconds);
    const handshake = await performTlsHandshake({
      host,
      tunnel,
      secureContext,
      signal: deadline.signal,
      readsChain,
    });
    if (handshake.kind === 'failed' && deadline.signal.aborted) throw handshake.error;
    return handshake;
  } catch (error) {
    const failure = deadline.signal.aborted
      ? new NetworkError(onTimeout)
      : isNetworkError(error)
        ? error
        : new NetworkError(connectionFailure(host, error), error);
    return { kind: 'failed', error: failure, chain: [] };
  } finally {
    deadline.clear();
  }
}

/**
 * Opens a plain connection.
 *
 * @throws NetworkError
 */
export async function openPlainConnection(
  target: { readonly host: string; readonly port: number },
  settings: Pick<ConnectionSettings, 'clock' | 'timeoutMs'>,
): Promise<Socket> {
  const deadline = createDeadline(settings.clock, settings.timeoutMs);
  try {
    return await dial(target, deadline.signal);
  } catch (error) {
    throw deadline.signal.aborted
      ? new NetworkError(
          networkFailures['connection-timeout'](target.host, settings.timeoutMs / 1000),
        )
      : new NetworkError(connectionFailure(target.host, error), error);
  } finally {
    deadline.clear();
  }
}

/**
 * Connects and, while the answer is under way, does work that takes the processor: trusted roots take 10 ms to
 * parse.
 */
async function dialMeanwhile<Value>(
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<[Socket, Value]> {
  const attempted = createDeferred<undefined>();
  const broken = createDeferred<Error>();
  const connecting = dial(target, signal, () => attempted.resolve(undefined)).then((socket) =>
    socket.once('error', broken.resolve),
  );
  await Promise.race([attempted.promise, connecting]);
  const ready = await Promise.race([Promise.all([connecting, work()]), broken.promise]);
  if (ready instanceof Error) throw ready;
  ready[0].off('error', broken.resolve);
  return ready;
}

/** @param onAttempt - called when the name is resolved, just before the first packet is sent */
function dial(
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
  onAttempt: () => void = () => undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      keepAlive: true,
    });
    const abort = (): void => {
      socket.destroy();
      reject(new Error('stopped'));
    };
    socket.once('connectionAttempt', onAttempt);
    socket.once('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
