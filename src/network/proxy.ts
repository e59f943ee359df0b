import { isLoopback } from './loopback.ts';
import { NetworkError } from './network-error.ts';
import { isExemptFromProxy } from './no-proxy.ts';

/** A proxy that connections go through. */
export interface Proxy {
  readonly secure: boolean;
  /** As in `URL.hostname`. */
  readonly hostname: string;
  readonly port: number;
  /** The value of Proxy-Authorization (RFC 7617), when the setting holds a user; never to be logged. */
  readonly authorization: string | undefined;
  /** The proxy for people: scheme, host and port, without the user. */
  readonly display: string;
  /** The variable that names it. */
  readonly variable: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'http:': 80,
    'ws:': 80,
    'https:': 443,
    'wss:': 443,
  }),
);

/** The port a URL is connected to. */
export function portOf(url: URL): number {
  return url.port === '' ? (DEFAULT_PORTS.get(url.protocol) ?? 0) : Number(url.port);
}

/**
 * The proxy the environment names for a URL: HTTPS_PROXY for `https:` and `wss:`, HTTP_PROXY for
 * `http:` and `ws:`, ALL_PROXY for what has none, except for hosts in NO_PROXY. Where a variable is
 * set in lower and in upper case, the lower-case one counts, as for curl and the AWS CLI. This
 * machine itself is never reached through a proxy.
 *
 * @throws NetworkError `setting`, when the variable that counts does not hold the URL of an HTTP or
 *   HTTPS proxy; the text does not quote the value, which may hold a password
 */
export function proxyFor(url: URL, env: Environment): Proxy | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const setting =
    readVariable(env, secure ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? readVariable(env, 'ALL_PROXY');
  if (setting === undefined) return undefined;
  const noProxy = readVariable(env, 'NO_PROXY')?.value ?? '';
  if (isExemptFromProxy(url.hostname, portOf(url), noProxy)) return undefined;
  return parseProxy(setting.value, setting.name);
}

function readVariable(
  env: Environment,
  upperCase: string,
): { name: string; value: string } | undefined {
  for (const name of [upperCase.toLowerCase(), upperCase]) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

function parseProxy(value: string, variable: string): Proxy {
  // `proxy.example:3128` is how many people write it.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) {
    throw new NetworkError('setting', `${variable} does not hold the URL of a proxy`);
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new NetworkError(
      'setting',
      `${variable} names a proxy of the kind ${url.protocol.slice(0, -1)}, but only http and https proxies can be used`,
    );
  }
  const user = `${decode(url.username)}:${decode(url.password)}`;
  return {
    secure: url.protocol === 'https:',
    hostname: url.hostname,
    port: portOf(url),
    authorization:
      user === ':' ? undefined : `Basic ${Buffer.from(user, 'utf8').toString('base64')}`,
    display: `${url.protocol}//${url.host}`,
    variable,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
