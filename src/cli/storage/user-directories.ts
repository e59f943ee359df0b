import { join } from 'node:path';
import type { Environment } from '../../aws/aws-options.ts';
import { expandHome } from '../../aws/shared-files/file-paths.ts';

/** Of the directories of this program. */
const NAME = 'session-manager-plugin';

/**
 * The user's directory for the configuration of this program: in `%APPDATA%` on Windows, elsewhere in
 * `$XDG_CONFIG_HOME` or `~/.config`, also on macOS.
 */
export function configDirectory(env: Environment, platform: NodeJS.Platform): string {
  const base =
    platform === 'win32'
      ? windowsBase(env, env['APPDATA'], '~/AppData/Roaming')
      : xdgBase(env, env['XDG_CONFIG_HOME'], '~/.config');
  return join(base, NAME);
}

/**
 * The user's directory for what this program remembers: in `%LOCALAPPDATA%` on Windows, elsewhere in `$XDG_STATE_HOME` or
 * `~/.local/state`, also on macOS.
 */
export function stateDirectory(env: Environment, platform: NodeJS.Platform): string {
  const base =
    platform === 'win32'
      ? windowsBase(env, env['LOCALAPPDATA'], '~/AppData/Local')
      : xdgBase(env, env['XDG_STATE_HOME'], '~/.local/state');
  return join(base, NAME);
}

/** The user's directory for the caches of this program, by the customs of the system. */
export function cacheDirectory(env: Environment, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'win32':
      return join(windowsBase(env, env['LOCALAPPDATA'], '~/AppData/Local'), NAME);
    case 'darwin':
      return expandHome(`~/Library/Caches/${NAME}`, env);
    default:
      return join(xdgBase(env, env['XDG_CACHE_HOME'], '~/.cache'), NAME);
  }
}

function windowsBase(env: Environment, set: string | undefined, usual: string): string {
  return set === undefined || set === '' ? expandHome(usual, env) : set;
}

/** Relative paths are invalid (XDG Base Directory Specification). */
function xdgBase(env: Environment, set: string | undefined, usual: string): string {
  return set?.startsWith('/') === true ? set : expandHome(usual, env);
}
