import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { asError } from '../lib/errors/as-error.ts';
import type { Clock } from '../lib/clock.ts';
import { endpointText } from '../lib/endpoint-text.ts';
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
   * Returns what opens the connection of a single request to a URL (`https:`, `wss:`, `http:`, `ws:`), for the
   * `createConnection` of `http.request` and of a WebSocket. TLS uses the proxy that the environment
   * names for the host, is verified against the trusted roots, and times out after
   * {@link CONNECT_TIMEOUT_MS}. Plain connections are direct. Requests fail with a `NetworkError` when
   * no connection could be made.
   */
  createConnection(url: URL): CreateConnection;
  /** Opens the same connections for many requests, to `http:` and `ws:`. */
  readonly httpAgent: HttpAgent;
  /** Opens the same connections for many requests, to `https:` and `wss:`. */
  readonly httpsAgent: HttpsAgent;
  /**
   * The proxy that gets the requests for an `http:` URL, with the whole URL as the target of the
   * request (RFC 9112, section 3.2.2); undefined when there is none.
   *
   * @throws NetworkError `setting`
   */
  plainProxy(url: URL): Proxy | undefined;
}

/** What a network works with. */
export interface NetworkOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `ca_bundle` of the profile; called for the first TLS connection. */
  readonly profileCaBundle: () => Promise<string | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Reads the operating system's roots; by default from its store. */
  readonly readSystemRoots?: () => Promise<readonly string[]>;
  readonly connectTimeoutMs?: number;
}

type Connected = (error: Error | null, stream?: Duplex) => void;
type CreateConnection = (target: AgentTarget, connected: Connected) => undefined;

/** Creates the agents. Nothing is read or opened before a connection is needed. */
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
    const url = new URL(`https://${endpointText(host, port)}`);
    const proxy = proxyFor(url, env);
    logger.debug(
      `connecting to ${url.host}${proxy === undefined ? '' : ` through ${proxy.display}`}`,
    );
    return openSecureConnection({ host, port, proxy }, settings);
  };

  const createSecure: CreateConnection = (target, connected) =>
    passTo(connected, openSecure(target));
  const createPlain: CreateConnection = (target, connected) =>
    passTo(connected, openPlainConnection(addressOf(target, 80), settings));
  const secure = once(() =>
    Object.assign(new HttpsAgent({ keepAlive: true }), { createConnection: createSecure }),
  );
  const plain = once(() =>
    Object.assign(new HttpAgent({ keepAlive: true }), { createConnection: createPlain }),
  );

  return {
    get httpAgent() {
      return plain();
    },
    get httpsAgent() {
      return secure();
    },
    createConnection: (url) => (isSecure(url) ? createSecure : createPlain),
    plainProxy: (url) => (url.protocol === 'http:' ? proxyFor(url, env) : undefined),
  };
}

/** Makes a value when it is first needed: each kind of agent loads modules of the runtime. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'wss:';
}

/** What an agent is passed about the connection that it opens. */
interface AgentTarget {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

function addressOf(target: AgentTarget, defaultPort: number): { host: string; port: number } {
  return { host: bareHost(target.host ?? 'localhost'), port: Number(target.port ?? defaultPort) };
}

/** Passes a connection to an agent's callback. */
function passTo(connected: Connected, opening: Promise<Duplex>): undefined {
  opening.then(
    (socket) => connected(null, socket),
    (error: unknown) => connected(asError(error)),
  );
  return undefined;
}
