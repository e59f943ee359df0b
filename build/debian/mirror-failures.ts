import { ToolError, UnavailableError } from '../tool.ts';

/** Of a mirror that asks for a password (apt_auth.conf(5)). */
const CREDENTIALS = /(?<=^\w+:\/\/)[^/@]*@/;

/** An address as it may be shown and published. */
export function withoutCredentials(uri: string): string {
  return uri.replace(CREDENTIALS, '');
}

/** Kinds of failures of apt that are the mirror's, by what it prints, and what to do about them. */
const MIRROR_FAILURES: readonly (readonly [RegExp, string])[] = [
  [
    // By gpgv, and by sqv from apt 3 on.
    /NO_PUBKEY|EXPKEYSIG|Missing key/,
    'its index is signed with a key that is not known here: install a newer package debian-archive-keyring',
  ],
  [
    /is not signed|isn't valid|BADSIG|NODATA/,
    'it has no index that Debian has signed: name another mirror in the sources of apt',
  ],
  [
    /Unable to locate package|Can't find|no installation candidate|unmet dependencies|held broken|Unable to satisfy/,
    'it lacks a package that is needed: try again later, or name another mirror in the sources of apt',
  ],
  [
    /Failed to fetch|Unable to fetch|failed to download|ha(?:s|ve) a Release file/,
    'it cannot be reached: try again later, or name another mirror in the sources of apt',
  ],
];

/**
 * Runs an action that uses mirrors.
 *
 * @param mirrors - the first one is named when the error names none
 * @throws UnavailableError naming the mirror that cannot be used; any other error of the action
 */
export function explainMirrors<Result>(mirrors: readonly string[], action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { message } = error;
    const [, advice] = MIRROR_FAILURES.find(([printed]) => printed.test(message)) ?? [];
    if (advice === undefined) throw error;
    const known = mirrors.map(withoutCredentials);
    const shown = known.find((mirror) => isNamed(mirror, message)) ?? known[0] ?? '';
    throw new UnavailableError(`Debian's mirror ${shown} cannot be used: ${advice}\n${message}`);
  }
}

/** apt prints it with a path, or with a space and a suite. The URI of one mirror can begin that of another. */
function isNamed(mirror: string, message: string): boolean {
  return message.includes(`${mirror}/dists/`) || message.includes(`${mirror} `);
}
