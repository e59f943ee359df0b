import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { runOpenSsh, type OpenSsh } from '../../cli/ssh/find-openssh.ts';
import { attempt } from '../../cli/storage/run-directory.ts';
import type { SshArguments } from './ssh-arguments.ts';
import { withoutBlock } from './ssh-options.ts';

/** What the user's ssh configuration sets for a host. */
export interface SshSettings {
  /** Undefined when none is set. */
  readonly user: string | undefined;
  /** What ssh runs on this machine after it has logged in; undefined for nothing. */
  readonly localCommand: string | undefined;
  /** Whether connections may be shared. */
  readonly hasControlPath: boolean;
}

/** Means that no user is set: no system has a user of this name. */
const NO_USER = '-';
const SYSTEM_FILE = '/etc/ssh/ssh_config';
const USER_FILE = '~/.ssh/config';

/**
 * Asks ssh what its configuration files set. If they set no user, ssh would show the local one, so a file that is read after
 * them sets {@link NO_USER}.
 *
 * @param directory - for that file
 * @param host - as ssh gets it
 * @throws CommandError when that file cannot be written
 */
export async function readSshSettings(
  { env, platform }: Pick<CommandContext, 'env' | 'platform'>,
  { ssh }: OpenSsh,
  { options, configFile }: Pick<SshArguments, 'options' | 'configFile'>,
  directory: string,
  host: string,
): Promise<SshSettings> {
  const system = platform === 'win32' ? '__PROGRAMDATA__/ssh/ssh_config' : SYSTEM_FILE;
  const path = join(directory, 'config');
  // ssh checks the modes of what is included, and not those of the file that is named.
  const lines =
    configFile === undefined
      ? [`Include ${USER_FILE}`, `Include ${system}`]
      : [await readFile(configFile, 'utf8').catch(() => '')];
  const text = [...lines, 'Host *', `User ${NO_USER}`, ''].join('\n');
  await attempt(directory, () => writeFile(path, text, { mode: 0o600 }));
  const settings = new Map<string, string>();
  try {
    const { stdout } = await runOpenSsh(
      ssh,
      [...options, '-F', path, '-G', host],
      withoutBlock(env),
    );
    for (const line of stdout.split('\n')) {
      const at = line.indexOf(' ');
      settings.set(line.slice(0, at), line.slice(at + 1).trim());
    }
  } catch {
    // ssh itself will report what is wrong.
  }
  const user = settings.get('user');
  return {
    user: user === NO_USER ? undefined : user,
    localCommand:
      settings.get('permitlocalcommand') === 'yes' ? settings.get('localcommand') : undefined,
    hasControlPath: (settings.get('controlpath') ?? 'none') !== 'none',
  };
}
