import { posix, win32 } from 'node:path';

/** What the path of the logging configuration depends on. */
export interface ConfigurationPathOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Where the product is installed; by default the place of its packages. */
  readonly installDirectory?: string | undefined;
}

/** The environment variable that names another configuration file. */
export const CONFIGURATION_VARIABLE = 'SSM_PLUGIN_LOG_CONFIG';

const FILE_NAME = 'seelog.xml';
const POSIX_DIRECTORY = '/usr/local/sessionmanagerplugin';
const DEFAULT_PROGRAM_FILES = 'C:\\Program Files';
const WINDOWS_DIRECTORY = ['Amazon', 'SessionManagerPlugin'] as const;

/**
 * The file of the logging configuration: the one that `SSM_PLUGIN_LOG_CONFIG` names, else `seelog.xml`
 * in the directory of installation (install guide, "Turn on Session Manager plugin logging").
 */
export function configurationPath(options: ConfigurationPathOptions): string {
  const { env, platform, installDirectory } = options;
  const named = env[CONFIGURATION_VARIABLE] ?? '';
  if (named !== '') return named;
  if (platform !== 'win32') return posix.join(installDirectory ?? POSIX_DIRECTORY, FILE_NAME);
  const programFiles = env['PROGRAMFILES'] ?? env['ProgramFiles'] ?? DEFAULT_PROGRAM_FILES;
  return win32.join(installDirectory ?? win32.join(programFiles, ...WINDOWS_DIRECTORY), FILE_NAME);
}
