import { join } from 'node:path';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { isAtLeast, type OpenSsh } from '../../cli/ssh/find-openssh.ts';
import { accountWords } from '../../cli/framework/account-words.ts';
import { commandWord, ownCommand } from '../../cli/ssh/ssh-words.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';

/** Files of one run of ssh. */
export interface RunFiles {
  readonly directory: string;
  readonly key: string;
  readonly knownHosts: string;
  /** How the key is pushed; the connecting process reads it. */
  readonly way: string;
  /** Exists once that process has pushed the key. */
  readonly pushed: string;
  /** Exists if that process could not reach the server. */
  readonly failed: string;
  /** Exists once ssh has logged in. */
  readonly loggedIn: string;
}

/** The files in the directory of a run. */
export function runFiles(directory: string): RunFiles {
  return {
    directory,
    key: join(directory, 'id_ed25519'),
    knownHosts: join(directory, 'known_hosts'),
    way: join(directory, 'way'),
    pushed: join(directory, 'pushed'),
    failed: join(directory, 'failed'),
    loggedIn: join(directory, 'logged-in'),
  };
}

/** The environment in which the block of `ssh-config --keyless` does nothing: it would ask the target, too. */
export function withoutBlock(env: CommandContext['env']): CommandContext['env'] {
  return { ...env, SESSION_MANAGER_PLUGIN_SSH: '1' };
}

/** What ssh is run with. */
export interface SshOptionsRequest {
  readonly openSsh: OpenSsh;
  readonly files: RunFiles;
  /** Id of the target. */
  readonly id: string;
  readonly user: string | undefined;
  /** Additional options of the process that connects. */
  readonly connectWords: readonly string[];
  /** `LocalCommand` of the user's files; undefined for none. */
  readonly localCommand: string | undefined;
}

/**
 * The options before those of the user: ssh uses the first value of each option, and the connection must go through the session.
 */
export function wayOptions(
  { platform, options }: CommandContext,
  { files, id, user = '', connectWords }: SshOptionsRequest,
): readonly string[] {
  const given = [...accountWords(options), ...connectWords, id, user, files.directory];
  const words = ['__ssh-connect', ...given.map((word) => commandWord(word, platform)), '%p'];
  return optionWords({ ProxyCommand: ownCommand(words, platform) });
}

/** The options after those of the user. They have precedence over the user's files, so that the command works whatever these set. */
export function keyOptions(
  { platform }: Pick<CommandContext, 'platform'>,
  { openSsh, files, id, user, localCommand }: SshOptionsRequest,
): readonly string[] {
  const options = {
    IdentityFile: pathValue(files.key),
    IdentitiesOnly: 'yes',
    // Otherwise ssh would ask for a password when the key is not accepted, and try keys of the user's files.
    PreferredAuthentications: 'publickey',
    PubkeyAuthentication: 'yes',
    AddKeysToAgent: 'no',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: pathValue(files.knownHosts),
    GlobalKnownHostsFile: '/dev/null',
    HostKeyAlias: id,
    CheckHostIP: 'no',
    VerifyHostKeyDNS: 'no',
    UpdateHostKeys: 'no',
    ...(isAtLeast(openSsh, 8, 5) ? { KnownHostsCommand: 'none' } : {}),
    ...(platform === 'win32' ? {} : reportLogin(files, localCommand)),
  };
  return [...optionWords(options), ...(user === undefined ? [] : ['-l', user])];
}

/** ssh runs it in the user's shell. The output of a redirection is empty in all of them. */
function reportLogin(
  { loggedIn }: RunFiles,
  localCommand: string | undefined,
): Readonly<Record<string, string>> {
  const mark = `: >${quoteForShell(loggedIn).replaceAll('%', '%%')}`;
  return {
    PermitLocalCommand: 'yes',
    LocalCommand: localCommand === undefined ? mark : `${mark}; ${localCommand}`,
  };
}

function optionWords(options: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** ssh replaces `%`, and a blank ends a value (ssh_config(5)). */
function pathValue(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
