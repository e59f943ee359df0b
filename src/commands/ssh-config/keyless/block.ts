import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { CONFIG_SUFFIX, keylessDirectory } from './host-files.ts';
import { HOST_SUFFIX } from './host-name.ts';

/** Patterns for ids and for names. */
const PATTERNS = ['i-*', 'mi-*', `*${HOST_SUFFIX}`];
/**
 * The block does not apply to names with these characters. ssh replaces `%h` and `%r` in a command line that a shell reads, and
 * refuses names with special characters only since OpenSSH 9.6. Single quotes protect from all other characters. fish also
 * interprets `\` inside them; cmd.exe does not know single quotes, and a `Match` line cannot contain double quotes.
 */
const EXCLUDED = ["'", '\\'];
const EXCLUDED_ON_WINDOWS = ['&', '|', '<', '>', '^', ' '];

/**
 * A block of ssh_config(5).
 *
 * @param words - options of the account, quoted for a shell
 */
export function keylessBlock(
  context: Pick<CommandContext, 'env' | 'platform'>,
  words: readonly string[],
): string {
  const isWindows = context.platform === 'win32';
  const token = (name: string): string => (isWindows ? name : `'${name}'`);
  const excluded = (isWindows ? EXCLUDED_ON_WINDOWS : EXCLUDED).map((one) => `!*${one}*`);
  const list = (...patterns: readonly string[]): string =>
    `"${[...patterns, ...excluded].join(',')}"`;
  const command = (name: string, ...args: readonly string[]): string =>
    ['session-manager-plugin', name, ...words, '--', ...args].join(' ');
  const prepare = command('__keyless-prepare', token('%h'), token('%r'), token('%u'));
  return [
    '# SSH without keys through AWS Systems Manager: ssh i-0123456789abcdef0, ssh NAME.ssm, ssh NAME.REGION.PROFILE.ssm',
    `Match host ${list(...PATTERNS)} user ${list('*')} exec "${prepare}"`,
    `    Include "${includePath(context)}"`,
    `    ProxyCommand ${command('__keyless-connect', token('%h'), '%p', token('%r'))}`,
    '    IdentitiesOnly yes',
    '    AddKeysToAgent no',
    '    StrictHostKeyChecking yes',
    '    GlobalKnownHostsFile none',
    '    UpdateHostKeys no',
    '',
  ].join('\n');
}

/** A path with `~`, if ssh expands that to the same directory: then the block also works where the home directory is another one. */
function includePath(context: Pick<CommandContext, 'env' | 'platform'>): string {
  const path = join(keylessDirectory(context), `*${CONFIG_SUFFIX}`).replaceAll('\\', '/');
  const home = `${userInfo().homedir.replaceAll('\\', '/')}/`;
  return path.startsWith(home) ? `~/${path.slice(home.length)}` : path;
}
