import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import type { Environment } from '../aws-options.ts';

/** Where the two shared AWS files are. */
export interface SharedFilePaths {
  readonly config: string;
  readonly credentials: string;
}

/** `$name` and `${name}`; a name that is not set stays as it is (Python, `os.path.expandvars`). */
const VARIABLE = /\$(?:(\w+)|\{([^}]*)\})/g;
/** Windows has `%name%` as well. */
const WINDOWS_VARIABLE = /\$(?:(\w+)|\{([^}]*)\})|%([^%]+)%/g;
/** The home directory at the start of a path. */
const TILDE = /^~(?=\/|$)/;
const WINDOWS_TILDE = /^~(?=[/\\]|$)/;

const IS_WINDOWS = sep === '\\';

/**
 * The paths of the shared files, as the AWS CLI finds them: AWS_CONFIG_FILE and
 * AWS_SHARED_CREDENTIALS_FILE, in which variables and `~` are replaced, else those in `~/.aws`. A
 * variable that is set to nothing names no file (botocore, configprovider.py and configloader.py).
 */
export function sharedFilePaths(env: Environment, isWindows = IS_WINDOWS): SharedFilePaths {
  const path = (variable: string, name: string): string => {
    const set = env[variable];
    return set === undefined
      ? join(homeDirectory(env, isWindows), '.aws', name)
      : expandPath(set, env, isWindows);
  };
  return {
    config: path('AWS_CONFIG_FILE', 'config'),
    credentials: path('AWS_SHARED_CREDENTIALS_FILE', 'credentials'),
  };
}

/** A path with variables and then `~` replaced, as botocore does. */
function expandPath(path: string, env: Environment, isWindows: boolean): string {
  const expanded = path.replace(
    isWindows ? WINDOWS_VARIABLE : VARIABLE,
    (whole: string, plain?: string, braced?: string, percent?: string) =>
      env[plain ?? braced ?? percent ?? ''] ?? whole,
  );
  return expandHome(expanded, env, isWindows);
}

/** A path with the home directory in place of `~` at its start. */
export function expandHome(path: string, env: Environment, isWindows = IS_WINDOWS): string {
  return path.replace(isWindows ? WINDOWS_TILDE : TILDE, () => homeDirectory(env, isWindows));
}

/** The home directory: HOME, on Windows USERPROFILE (Python, `os.path.expanduser`). */
function homeDirectory(env: Environment, isWindows: boolean): string {
  const home = env['HOME'] ?? '';
  const profile = env['USERPROFILE'] ?? '';
  const onDrive = `${env['HOMEDRIVE'] ?? ''}${env['HOMEPATH'] ?? ''}`;
  const candidates = isWindows ? [profile, onDrive, home] : [home, profile];
  return candidates.find((path) => path !== '') ?? homedir();
}
