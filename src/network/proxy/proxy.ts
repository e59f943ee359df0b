import { networkFailures } from '../../failures/network.ts';
import { isLoopback } from '../loopback.ts';
import { NetworkError } from '../network-error.ts';
import { isExemptFromProxy } from './no-proxy.ts';

/** A proxy for connections. */
export interface Proxy {
  readonly secure: boolean;
  /** As in `URL.hostname`. */
  readonly hostname: string;
  readonly port: number;
  /** The value of Proxy-Authorization (RFC 7617), if the setting names a user. Never log it. */
  readonly authorization: string | undefined;
  /** How messages name the proxy: scheme, host and port, without the user. */
  readonly display: string;
  /** The variable that names it. */
  readonly variable: string;
}

/** How a failure names a proxy: its address, and the variable that has it. */
export function proxyName({ display, variable }: Proxy): string {
  return `${display} (${variable})`;
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

/** The port for connections to a URL. */
function portOf(url: URL): number {
  return url.port === '' ? (DEFAULT_PORTS.get(url.protocol) ?? 0) : Number(url.port);
}

/**
 * The proxy that the environment names for a URL: HTTPS_PROXY for `https:` and `wss:`, HTTP_PROXY for
 * `http:` and `ws:`, ALL_PROXY if that variable is not set. Hosts in NO_PROXY have none. If a variable
 * is set in lower and in upper case, the lower case counts, as for curl and the AWS CLI. Connections to
 * this machine never use a proxy.
 *
 * @throws NetworkError `setting`, when the value of the variable is not the URL of an HTTP or HTTPS
 *   proxy. The message does not quote the value, which may hold a password
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
  // Many users write `proxy.example:3128`.
  const text = withPlainUser(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (text === undefined || !URL.canParse(text)) {
    throw new NetworkError(networkFailures['proxy-setting-invalid'](variable));
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const kind = url.protocol.slice(0, -1);
    throw new NetworkError(networkFailures['proxy-kind-unsupported'](variable, kind));
  }
  const user = Buffer.concat([decode(url.username), Buffer.from(':'), decode(url.password)]);
  return {
    secure: url.protocol === 'https:',
    hostname: url.hostname,
    port: portOf(url),
    authorization: user.length === 1 ? undefined : `Basic ${user.toString('base64')}`,
    display: `${url.protocol}//${url.host}`,
    variable,
  };
}

/**
 * Escapes a backslash in the user of a URL. For curl 7.88, `CORP\jane` is a user, but `URL` would read
 * the backslash as a slash, and `CORP` as the proxy.
 *
 * @returns undefined when the host has a backslash, which no program accepts
 */
function withPlainUser(text: string): string | undefined {
  const [, scheme = '', authority = '', rest = ''] = /^(.*?:\/\/)([^/?#]*)(.*)$/s.exec(text) ?? [];
  const userEnd = authority.lastIndexOf('@') + 1;
  const host = authority.slice(userEnd);
  if (host.includes('\\')) return undefined;
  return `${scheme}${authority.slice(0, userEnd).replaceAll('\\', '%5C')}${host}${rest}`;
}

/** The bytes of a part of a URL. A percent sign that begins no code is literal, as for curl. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text).toString('latin1');
  const decoded = bytes.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
