import { quoteForShell } from '../../lib/quote-for-shell.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is never reached through a target. */
const LOOPBACK = 'localhost,127.0.0.1,::1';
/** The name in lower case takes precedence, as in curl. */
const EXCEPTIONS = ['no_proxy', 'NO_PROXY'];

/**
 * The variables that make programs use a proxy.
 *
 * @param url - `http://HOST:PORT`
 * @param env - whose exceptions stay
 */
export function proxyVariables(
  url: string,
  env: Environment,
  platform: NodeJS.Platform,
): Readonly<Record<string, string>> {
  const others = EXCEPTIONS.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
  const exceptions = others === '' ? LOOPBACK : `${LOOPBACK},${others}`;
  const upper = { HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: exceptions };
  // On Windows, names are the same in upper and lower case; curl reads http_proxy alone.
  if (platform === 'win32') return upper;
  return { ...upper, https_proxy: url, http_proxy: url, no_proxy: exceptions };
}

/** Lines that set variables in the shell of a platform. */
export function exportLines(
  variables: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
): string {
  const line = ([name, value]: readonly [string, string]): string =>
    platform === 'win32'
      ? `$env:${name} = '${value.replaceAll("'", "''")}'\n`
      : `export ${name}=${quoteForShell(value)}\n`;
  return Object.entries(variables).map(line).join('');
}
