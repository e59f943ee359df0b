import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The command that opens a URL in the person's browser: what BROWSER names, as for the AWS CLI (Python,
 * `webbrowser`), else the system's own; undefined where there is no screen, or it is another machine's.
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

/** Opens a URL; a browser that does not start, or says something, is no concern of the program's. */
export function openBrowser([program, ...args]: readonly [string, ...string[]], url: string): void {
  const browser = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined);
  browser.unref();
}
