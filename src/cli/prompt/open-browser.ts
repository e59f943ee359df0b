import { spawn } from 'node:child_process';
import { environmentForPrograms, findCommand } from '../../lib/find-program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The command that opens a URL in the user's browser: the one that BROWSER names, as for the AWS CLI (Python,
 * `webbrowser`), else the system's. Undefined without a screen on this machine.
 */
export function browserCommand(
  platform: NodeJS.Platform,
  env: Environment,
): readonly [string, ...string[]] | undefined {
  const named = env['BROWSER']?.split(platform === 'win32' ? ';' : ':')[0] ?? '';
  if (named !== '') return [named];
  if ((env['SSH_CONNECTION'] ?? '') !== '') return undefined;
  switch (platform) {
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler'];
    case 'darwin':
      return ['open'];
    default: {
      const hasScreen = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some(
        (screen) => (screen ?? '') !== '',
      );
      return hasScreen ? ['xdg-open'] : undefined;
    }
  }
}

/**
 * The only URLs that are opened: a service names the URL, and a browser also opens files and takes options.
 */
const WEB_URL = /^https?:\/\//;

/**
 * Opens a URL of the web. Ignores any other URL, a browser that is missing or does not start, and its output.
 */
export function openBrowser(
  [name, ...args]: readonly [string, ...string[]],
  url: string,
  platform: NodeJS.Platform,
  env: Environment,
): void {
  if (!WEB_URL.test(url)) return;
  const program = findCommand(name, env, platform);
  if (program === undefined) return;
  const browser = spawn(program, [...args, url], {
    env: environmentForPrograms(env),
    stdio: 'ignore',
    detached: true,
  });
  browser.on('error', () => undefined);
  browser.unref();
}
