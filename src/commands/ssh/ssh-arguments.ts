import type { Command } from 'commander';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import { isUserName } from '../../cli/ssh/read-ssh-target.ts';

/** Options of ssh that take a value (ssh(1), and OpenSSH 10 for `-P`). */
const WITH_VALUE = 'BbcDEeFIiJLlmOoPpQRSWw';
/** Those that set another route to the server. */
const OTHER_WAYS = ['proxycommand', 'proxyjump', 'proxyusefdpass'];
const SEPARATOR = '--';
/** `ssh://[user@]host[:port]` (ssh(1)). */
const URI = /^ssh:\/\/(.+?)(?::(\d{1,5}))?\/?$/;
const WAY_HINT = 'ssh connects through a session: leave the option out.';

/** The arguments of the command, which are those of ssh. */
export interface SshArguments {
  /** Undefined when no target is named. */
  readonly targetText: string | undefined;
  /** From `user@`, `-l` or `-o User`; undefined when none of them names it. */
  readonly user: string | undefined;
  /** Options that are passed to ssh unchanged. */
  readonly options: readonly string[];
  /** The value of `-F` among the options. */
  readonly configFile: string | undefined;
  /** Keywords of all `-o` options, in lower case. */
  readonly keywords: ReadonlySet<string>;
  /** Whether ssh connects to nothing: `-G` prints settings, and `-O` controls a connection that is shared. */
  readonly isLocal: boolean;
  /** Whether ssh needs no target: `-V` and `-Q` print what it is and supports. */
  readonly isQuery: boolean;
  /** Whether `-v` asks for messages. */
  readonly isVerbose: boolean;
  /** The command for the target; empty for a shell. */
  readonly command: readonly string[];
}

/**
 * Reads the arguments as ssh does: options before and after the target, then the command.
 *
 * @param command - for usage errors
 * @throws UsageError for what cannot work through a session, and a user name that no system has
 */
export function readSshArguments(command: Command, args: readonly string[]): SshArguments {
  const options: string[] = [];
  const users: string[] = [];
  const letters = new Set<string>();
  const keywords = new Set<string>();
  let configFile: string | undefined;
  let targetText: string | undefined;
  const take = (letter: string, value: string): void => {
    if (letter === 'J') throw usageError(command, '-J cannot be used.', [WAY_HINT]);
    if (letter === 'l') users.push(value);
    if (letter === 'F') configFile = value;
    if (letter !== 'o') return;
    const [, keyword = '', setting = ''] = /^\s*([^\s=]+)\s*=?\s*"?([^"]*)/.exec(value) ?? [];
    keywords.add(keyword.toLowerCase());
    if (keyword.toLowerCase() === 'user') users.push(setting.trim());
    if (OTHER_WAYS.includes(keyword.toLowerCase())) {
      throw usageError(command, `-o ${shown(keyword)} cannot be used.`, [WAY_HINT]);
    }
  };
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === SEPARATOR) {
      at++;
      if (targetText !== undefined) break;
      // scp writes it before the target.
      targetText = args[at];
      continue;
    }
    if (word.startsWith('--')) {
      throw usageError(command, `"${shown(word)}" comes after an option of ssh or the target.`, [
        'Write long options first: session-manager-plugin ssh --profile work -p 2222 web',
      ]);
    }
    if (word.startsWith('-') && word !== '-') {
      options.push(word);
      const valued = word.split('').findIndex((letter, i) => i > 0 && WITH_VALUE.includes(letter));
      for (const letter of word.slice(1, valued === -1 ? undefined : valued + 1))
        letters.add(letter);
      if (valued === -1) continue;
      const joined = word.slice(valued + 1);
      const value = joined === '' ? args[++at] : joined;
      if (value === undefined) {
        throw usageError(command, `The option -${word.charAt(valued)} of ssh needs a value.`);
      }
      if (joined === '') options.push(value);
      take(word.charAt(valued), value);
    } else if (targetText === undefined) {
      targetText = word;
    } else {
      break;
    }
  }
  // Of several users and ports, ssh takes the first: those of options come before those of the target.
  const [, place, port] = URI.exec(targetText ?? '') ?? [];
  targetText = place ?? targetText;
  if (port !== undefined) options.push('-p', port);
  const split = (targetText ?? '').lastIndexOf('@');
  if (split > 0) users.push((targetText ?? '').slice(0, split));
  const [user] = users;
  if (user !== undefined && !isUserName(user)) {
    throw usageError(command, `"${shown(user)}" is not the name of a user.`);
  }
  return {
    targetText: split > 0 ? targetText?.slice(split + 1) : targetText,
    ...{ user, options, configFile, keywords },
    isLocal: letters.has('O') || letters.has('G'),
    isQuery: letters.has('V') || letters.has('Q'),
    isVerbose: letters.has('v'),
    command: args.slice(at),
  };
}
