import { hash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { objectMember, stringMember } from '../../lib/json.ts';
import { readJsonFile, writePrivateJson } from '../../lib/private-file.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { stateDirectory } from '../storage/user-directories.ts';
import type { ResolvedTarget } from '../target/resolve-target.ts';
import { isUserName, type SshTarget } from './read-ssh-target.ts';

/** How many targets are remembered; beyond that, those used longest ago are discarded. */
const MAX_REMEMBERED = 500;

/** What an earlier run has read from a target. */
export interface RememberedTarget {
  /** The default user of its image; undefined when it is not known. */
  readonly user: string | undefined;
  /** Fingerprints of host keys by their types. */
  readonly keys: Readonly<Record<string, unknown>>;
}

type StateContext = Pick<CommandContext, 'env' | 'platform'>;

/** The text of a file of known hosts (sshd(8)). */
export function knownHosts(name: string, hostKeys: readonly string[]): string {
  return hostKeys.map((key) => `${name} ${key}\n`).join('');
}

/** What is remembered of a target; undefined when there is nothing, or it cannot be read. */
export async function rememberedTarget(
  context: StateContext,
  id: string,
): Promise<RememberedTarget | undefined> {
  const record = await readJsonFile(pathFor(context, id));
  if (record === undefined) return undefined;
  const user = stringMember(record, 'user');
  return {
    user: isUserName(user) ? user : undefined,
    keys: objectMember(record, 'keys'),
  };
}

/**
 * Remembers what a target has reported. A changed host key is reported, and accepted, because it was read from the target
 * itself.
 *
 * @param isDefault - whether the user is the default one of the image
 */
export async function rememberTarget(
  context: Pick<CommandContext, 'env' | 'platform' | 'output' | 'logger'>,
  { id, title }: Pick<ResolvedTarget, 'id' | 'title'>,
  { hostKeys, user: found = '' }: Pick<SshTarget, 'hostKeys' | 'user'>,
  isDefault: boolean,
): Promise<void> {
  const keys = Object.fromEntries(hostKeys.map(fingerprint));
  const before = await rememberedTarget(context, id);
  const isChanged = Object.entries(keys).some(
    ([type, print]) => before?.keys[type] !== undefined && before.keys[type] !== print,
  );
  if (isChanged) {
    context.output.notify(
      `The host key of ${title} has changed. It is trusted, because it was read from the target itself, in a session.`,
    );
  }
  const user = isDefault ? found : before?.user;
  try {
    await writePrivateJson(pathFor(context, id), { user, keys });
    if (before === undefined) await removeOldest(directoryFor(context));
  } catch (error) {
    // The next run has nothing to compare.
    context.logger.info(`host keys are not remembered: ${String(error)}`);
  }
}

function fingerprint(hostKey: string): readonly [string, string] {
  const [type = '', key = ''] = hostKey.split(' ');
  return [type, hash('sha256', Buffer.from(key, 'base64'), 'base64')];
}

function directoryFor({ env, platform }: StateContext): string {
  return join(stateDirectory(env, platform), 'ssh');
}

function pathFor(context: StateContext, id: string): string {
  return join(directoryFor(context), `${id}.json`);
}

async function removeOldest(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.length <= MAX_REMEMBERED) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return { path, time: (await stat(path)).mtimeMs };
    }),
  );
  const oldest = files.sort((a, b) => a.time - b.time).slice(0, names.length - MAX_REMEMBERED);
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
}
