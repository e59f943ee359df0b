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

/** The parts of a command line of ssh. */
interface Scanned {
  /** The options, with their values. */
  readonly options: string[];
  /** Their letters. */
  readonly letters: Set<string>;
  /** Those with a value, in their order. */
  readonly values: { readonly letter: string; readonly value: string }[];
  targetText: string | undefined;
  /** Where the command begins. */
  end: number;
}

/**
 * Reads the arguments as ssh does: options before and after the target, then the command.
 *
 * @param command - for usage errors
 * @throws UsageError for what cannot work through a session, and a user name that no system has
 */
export function readSshArguments(command: Command, args: readonly string[]): SshArguments {
  const { options, letters, values, targetText: typed, end } = scan(command, args);
  const settings = values.flatMap(({ letter, value }) =>
    letter === 'o' ? [settingOf(value)] : [],
  );
  refuseOtherWays(command, letters, settings);
  // Of several users and ports, ssh takes the first: those of options come before those of the target.
  const [, place = typed, port] = URI.exec(typed ?? '') ?? [];
  if (port !== undefined) options.push('-p', port);
  const split = place?.lastIndexOf('@') ?? -1;
  const [user = split > 0 ? place?.slice(0, split) : undefined] = values.flatMap(
    ({ letter, value }) => {
      if (letter === 'l') return [value];
      const { keyword, setting } = settingOf(value);
      return letter === 'o' && keyword === 'user' ? [setting] : [];
    },
  );
  if (user !== undefined && !isUserName(user)) {
    throw usageError(command, `"${shown(user)}" is not the name of a user.`);
  }
  return {
    targetText: split > 0 ? place?.slice(split + 1) : place,
    ...{ user, options },
    configFile: values.findLast(({ letter }) => letter === 'F')?.value,
    keywords: new Set(settings.map(({ keyword }) => keyword)),
    isLocal: letters.has('O') || letters.has('G'),
    isQuery: letters.has('V') || letters.has('Q'),
    isVerbose: letters.has('v'),
    command: args.slice(end),
  };
}

/** @throws UsageError for an option that sets another route to the server */
function refuseOtherWays(
  command: Command,
  letters: ReadonlySet<string>,
  settings: readonly Setting[],
): void {
  if (letters.has('J')) throw usageError(command, '-J cannot be used.', [WAY_HINT]);
  const other = settings.find(({ keyword }) => OTHER_WAYS.includes(keyword));
  if (other === undefined) return;
  throw usageError(command, `-o ${shown(other.typed)} cannot be used.`, [WAY_HINT]);
}

/** The value of `-o`. */
interface Setting {
  /** The keyword as it was typed. */
  readonly typed: string;
  readonly keyword: string;
  readonly setting: string;
}

/** `Keyword=value`, or with blanks as in a file of ssh. */
function settingOf(value: string): Setting {
  const [, typed = '', setting = ''] = /^\s*([^\s=]+)\s*=?\s*"?([^"]*)/.exec(value) ?? [];
  return { typed, keyword: typed.toLowerCase(), setting: setting.trim() };
}

/** @throws UsageError for an option without its value, and a long option, which ssh does not have */
function scan(command: Command, args: readonly string[]): Scanned {
  const scanned: Scanned = {
    ...{ options: [], letters: new Set(), values: [], targetText: undefined, end: 0 },
  };
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === SEPARATOR) {
      at++;
      if (scanned.targetText !== undefined) break;
      // scp writes it before the target.
      scanned.targetText = args[at];
    } else if (word.startsWith('--')) {
      throw usageError(command, `"${shown(word)}" comes after an option of ssh or the target.`, [
        'Write long options first: session-manager-plugin ssh --profile work -p 2222 web',
      ]);
    } else if (word.startsWith('-') && word !== '-') {
      at += scanOption(command, scanned, word, args[at + 1]);
    } else if (scanned.targetText === undefined) {
      scanned.targetText = word;
    } else {
      break;
    }
  }
  return { ...scanned, end: at };
}

/** @returns how many of the next words are its value */
function scanOption(
  command: Command,
  { options, letters, values }: Scanned,
  word: string,
  next: string | undefined,
): 0 | 1 {
  options.push(word);
  const valued = word.split('').findIndex((letter, i) => i > 0 && WITH_VALUE.includes(letter));
  const last = valued === -1 ? word.length : valued;
  for (const letter of word.slice(1, last + 1)) letters.add(letter);
  if (valued === -1) return 0;
  const letter = word.charAt(valued);
  const joined = word.slice(valued + 1);
  const value = joined === '' ? next : joined;
  if (value === undefined) {
    throw usageError(command, `The option -${letter} of ssh needs a value.`);
  }
  values.push({ letter, value });
  if (joined !== '') return 0;
  options.push(value);
  return 1;
}
