import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stringMember } from '../../../lib/json.ts';
import { readJsonFile, writePrivateFile, writePrivateJson } from '../../../lib/private-file.ts';
import type { CommandContext, CommonOptions } from '../../../cli/framework/command-context.ts';
import { stateDirectory } from '../../../cli/storage/user-directories.ts';
import { knownHosts } from '../../../cli/ssh/host-keys.ts';
import { attempt } from '../../../cli/storage/run-directory.ts';
import { isUserName, type SshTarget } from '../../../cli/ssh/read-ssh-target.ts';
import type { HostName } from './host-name.ts';
import {
  isUnfinished,
  isUnusedKey,
  KEY_SUFFIX,
  keyFile,
  removeKey,
  UNUSED_MS,
} from './host-key-pair.ts';

/** What was read from the target of a host name. */
export interface KnownHost {
  /** Id of the target. */
  readonly id: string;
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number;
  /** The answer of the target, for the requested user. */
  readonly target: SshTarget;
  /** The default user of the image; undefined when it was not requested, or there is none. */
  readonly defaultUser: string | undefined;
}

/** The files of a host name. */
export interface HostFiles {
  readonly host: string;
  /** The file that ssh includes. It names the other files. */
  readonly config: string;
  readonly known: string;
  readonly knownHosts: string;
  /** Directory of the key. */
  readonly key: string;
}

/** The account that files belong to. Files of another account are ignored. */
export type HostAccount = Pick<CommonOptions, 'profile' | 'region' | 'endpointUrl'>;

export const CONFIG_SUFFIX = '.conf';
/** Files of a host name that was not used for this time, in milliseconds, are removed: 30 days. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const DIRECTORY_MODE = 0o700;

/** Where the files of all host names are. */
export function keylessDirectory({
  env,
  platform,
}: Pick<CommandContext, 'env' | 'platform'>): string {
  return join(stateDirectory(env, platform), 'keyless');
}

/** The files of a host name, in a directory that only the user can use. @throws CommandError when it cannot be made */
export async function openHostFiles(
  context: Pick<CommandContext, 'env' | 'platform'>,
  { host }: Pick<HostName, 'host'>,
): Promise<HostFiles> {
  const directory = keylessDirectory(context);
  await keep(directory, async () => {
    await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
    await chmod(directory, DIRECTORY_MODE);
  });
  const path = join(directory, host);
  return {
    host,
    config: `${path}${CONFIG_SUFFIX}`,
    known: `${path}.json`,
    knownHosts: `${path}.known_hosts`,
    key: `${path}${KEY_SUFFIX}`,
  };
}

/** Removes keys that a killed program has left, and files that were not used for long. */
export async function removeOld(
  context: Pick<CommandContext, 'env' | 'platform' | 'clock'>,
): Promise<void> {
  const directory = keylessDirectory(context);
  const now = context.clock.now();
  const names = await readdir(directory);
  await Promise.allSettled(
    names.map(async (name) => {
      const path = join(directory, name);
      if (name.endsWith(KEY_SUFFIX)) {
        if (isUnusedKey(path, now)) removeKey(path);
      } else if (now - (await stat(path)).mtimeMs > (isUnfinished(name) ? UNUSED_MS : KEPT_MS)) {
        await rm(path, { recursive: true, force: true });
      }
    }),
  );
}

/** @returns undefined when nothing is known in this account */
export async function readKnownHost(
  files: HostFiles,
  account: HostAccount,
): Promise<KnownHost | undefined> {
  const [record, lines] = await Promise.all([
    readJsonFile(files.known),
    readFile(files.knownHosts, 'utf8').catch(() => ''),
  ]);
  if (record?.['account'] !== nameOf(account)) return undefined;
  const { readAt } = record;
  const [user, defaultUser] = [stringMember(record, 'user'), stringMember(record, 'defaultUser')];
  return {
    id: stringMember(record, 'id'),
    readAt: typeof readAt === 'number' ? readAt : 0,
    target: {
      hostKeys: lines.split('\n').flatMap((line) => line.split(`${files.host} `)[1] ?? []),
      user: isUserName(user) ? user : undefined,
      hasUser: record['hasUser'] === true,
      hasInstanceConnect: record['hasInstanceConnect'] === true,
      added: undefined,
    },
    defaultUser: isUserName(defaultUser) ? defaultUser : undefined,
  };
}

/** Stores what was read from a target, and the host keys in the file that ssh reads. @throws CommandError when it cannot */
export async function writeKnownHost(
  files: HostFiles,
  account: HostAccount,
  { id, readAt, target, defaultUser }: KnownHost,
): Promise<void> {
  const { user, hasUser, hasInstanceConnect } = target;
  const record = { account: nameOf(account), id, readAt, user, hasUser, hasInstanceConnect };
  await keep(files.knownHosts, async () => {
    await writePrivateFile(files.knownHosts, knownHosts(files.host, target.hostKeys));
    await writePrivateJson(files.known, { ...record, defaultUser });
  });
}

/**
 * Writes the file that ssh includes, for this host only. It needs no quoting: names of hosts and users have no special
 * characters.
 *
 * @throws CommandError when it cannot
 */
export async function writeHostConfig(files: HostFiles, user: string | undefined): Promise<void> {
  const lines = [
    `Match host ${files.host}`,
    ...(user === undefined ? [] : [`User ${user}`]),
    // Without an alias, the names in a file of known hosts contain the port.
    `HostKeyAlias ${files.host}`,
    `IdentityFile "${configPath(keyFile(files.key))}"`,
    `UserKnownHostsFile "${configPath(files.knownHosts)}"`,
  ];
  await keep(files.config, () => writePrivateFile(files.config, `${lines.join('\n')}\n`));
}

/** @throws CommandError when the system does not let this program do it */
function keep(path: string, act: () => Promise<void>): Promise<void> {
  return attempt(path, act, 'XDG_STATE_HOME');
}

/** ssh replaces `%` and the character after it (ssh_config(5), "TOKENS"), and takes slashes on Windows, too. */
function configPath(path: string): string {
  return path.replaceAll('%', '%%').replaceAll('\\', '/');
}

function nameOf({ profile, region, endpointUrl }: HostAccount): string {
  return JSON.stringify([profile, region, endpointUrl]);
}
