import { join } from 'node:path';
import { expandHome } from '../../aws/shared-files/file-paths.ts';

/**
 * The user's directory for the configuration of this program: in `%APPDATA%` on Windows, elsewhere in
 * `$XDG_CONFIG_HOME` or `~/.config`, also on macOS.
 */
export function configDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  return join(baseDirectory(env, platform), 'session-manager-plugin');
}

function baseDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  if (platform === 'win32') {
    const roaming = env['APPDATA'] ?? '';
    return roaming === '' ? expandHome('~/AppData/Roaming', env) : roaming;
  }
  const base = env['XDG_CONFIG_HOME'] ?? '';
  // Relative paths are invalid (XDG Base Directory Specification).
  return base.startsWith('/') ? base : expandHome('~/.config', env);
}
