import { withOptions } from '../../../cli/framework/command-aws.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { createRemote, requirePosix, type Remote } from '../../../cli/remote/remote.ts';
import { rememberTarget } from '../../../cli/ssh/host-keys.ts';
import { readSshTarget, type AddedKey } from '../../../cli/ssh/read-ssh-target.ts';
import { findTarget } from '../../../cli/target/resolve-target.ts';
import { readKnownHost, writeKnownHost, type HostFiles, type KnownHost } from './host-files.ts';
import type { HostName } from './host-name.ts';

/** How long host keys are used after they were read, in milliseconds: runs in quick succession read them once. */
const HOST_KEYS_FRESH_MS = 5 * 60_000;

/** Whether what was read is recent enough to be used. */
export function isFresh({ clock }: Pick<CommandContext, 'clock'>, known: KnownHost): boolean {
  const age = clock.now() - known.readAt;
  return age >= 0 && age < HOST_KEYS_FRESH_MS && known.target.hostKeys.length > 0;
}

/** A question to a target, and where its answer is stored. */
export interface HostQuestion {
  readonly files: HostFiles;
  /** Undefined for the default one of the image. */
  readonly user: string | undefined;
  /** A key that the command adds. */
  readonly key?: AddedKey;
}

/**
 * The target of a host name, in the account that the name contains, else in that of the command line or of a connection.
 *
 * @throws CommandError, AwsError when there is not exactly one
 */
export async function remoteOf(base: CommandContext, name: HostName): Promise<Remote> {
  const context = await inAccountOf(base, name);
  const target = await findTarget(context, name.target);
  const remote = createRemote({ context, target, reason: undefined, stopped: base.interrupted });
  await requirePosix(remote, 'ssh');
  return remote;
}

/**
 * Asks the target for its host keys and user with a command, and stores the answer.
 *
 * @returns undefined when the command was stopped
 * @throws AwsError, CommandError or SessionError when it cannot be asked
 */
export async function readHost(
  base: CommandContext,
  remote: Remote,
  { files, user, key }: HostQuestion,
): Promise<KnownHost | undefined> {
  const { context, target } = remote;
  const found = await readSshTarget(remote, user, key);
  if (found === undefined) return undefined;
  await rememberTarget(context, target, found, user === undefined);
  const before = await readKnownHost(files, base.options);
  // A name may mean another machine now, with another image.
  const kept = before?.id === target.id ? before.defaultUser : undefined;
  const defaultUser = user === undefined ? found.user : kept;
  const known = { id: target.id, readAt: context.clock.now(), target: found, defaultUser };
  await writeKnownHost(files, base.options, known);
  return known;
}

async function inAccountOf(
  base: CommandContext,
  { region, profile }: HostName,
): Promise<CommandContext> {
  if (region === '') return base;
  const { sections } = await base.aws.sharedConfig();
  // ssh passes names in lower case.
  const named = [...sections.profiles.keys()].find((one) => one.toLowerCase() === profile);
  const own = profile === '' ? {} : { profile: named ?? profile };
  return { ...withOptions(base, { region, ...own }), useAccount: () => true };
}
