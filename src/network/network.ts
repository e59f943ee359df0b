import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { asError } from '../lib/as-error.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../logging/logger.ts';
import { bareHost } from './loopback.ts';
import {
  CONNECT_TIMEOUT_MS,
  openPlainConnection,
  openSecureConnection,
  type ConnectionSettings,
} from './open-connection.ts';
import { proxyFor, type Proxy } from './proxy/proxy.ts';
import { readSystemRoots } from './tls/system-roots.ts';
import { createTrust } from './tls/trust.ts';

/** How connections leave this machine: through which proxy, and trusting which certificates. */
export interface Network {
  /**
   * The agent that opens connections to a URL (`https:`, `wss:`, `http:`, `ws:`), for `http.request`,
   * for the `agent` of a WebSocket and for the AWS SDK. TLS goes through the proxy the environment
   * names for the host, is verified against the trusted roots, and gives up when it is not ready
   * within {@link CONNECT_TIMEOUT_MS}; plain connections are made directly. Requests fail with a
   * `NetworkError` when no connection could be made.
   */
  agent(url: URL): HttpAgent;
  /** The agent for `http:` and `ws:`. */
  readonly httpAgent: HttpAgent;
  /** The agent for `https:` and `wss:`. */
  readonly httpsAgent: HttpsAgent;
  /**
   * The proxy to which a request for an `http:` URL is to be addressed, with the whole URL as the
   * request's target (RFC 9112, section 3.2.2); undefined when there is none.
   *
   * @throws NetworkError `setting`
   */
  plainProxy(url: URL): Proxy | undefined;
}

/** What a network depends on. */
export interface NetworkOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `ca_bundle` of the profile; asked for with the first TLS connection. */
  readonly profileCaBundle: () => Promise<string | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the operating system's roots come from, if not from its store. */
  readonly readSystemRoots?: () => Promise<readonly string[]>;
  readonly connectTimeoutMs?: number;
}

type Connected = (error: Error | null, stream?: Duplex) => void;

/** Reads nothing and opens nothing by itself. */
export function createNetwork(options: NetworkOptions): Network {
  const { env, clock, logger } = options;
  const settings: ConnectionSettings = {
    clock,
    timeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    trust: createTrust({
      env,
      logger,
      profileCaBundle: options.profileCaBundle,
      readSystemRoots: options.readSystemRoots ?? readSystemRoots,
    }),
  };

  const openSecure = async (target: AgentTarget): Promise<Duplex> => {
    const { host, port } = addressOf(target, 443);
    const url = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
    const proxy = proxyFor(url, env);
    logger.debug(`connecting to ${url.host}${proxy === undefined ? '' : ` by ${proxy.display}`}`);
    return openSecureConnection({ host, port, proxy }, settings);
  };

  const secure = Object.assign(new HttpsAgent({ keepAlive: true }), {
    createConnection: (target: AgentTarget, connected: Connected) =>
      hand(openSecure(target), connected),
  });
  const plain = Object.assign(new HttpAgent({ keepAlive: true }), {
    createConnection: (target: AgentTarget, connected: Connected) =>
      hand(openPlainConnection(addressOf(target, 80), settings), connected),
  });

  return {
    httpAgent: plain,
    httpsAgent: secure,
    agent: (url) => (url.protocol === 'https:' || url.protocol === 'wss:' ? secure : plain),
    plainProxy: (url) => (url.protocol === 'http:' ? proxyFor(url, env) : undefined),
  };
}

/** What an agent is told about the connection it is to make. */
interface AgentTarget {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

function addressOf(target: AgentTarget, defaultPort: number): { host: string; port: number } {
  return { host: bareHost(target.host ?? 'localhost'), port: Number(target.port ?? defaultPort) };
}

/** Hands a connection over in the agent's way; there is nothing to return at once. */
function hand(opening: Promise<Duplex>, connected: Connected): undefined {
  opening.then(
    (socket) => connected(null, socket),
    (error: unknown) => connected(asError(error)),
  );
  return undefined;
}
