import { sessionFailures } from '../../failures/session.ts';
import { sshFailures } from '../../failures/ssh.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import { printableStart } from '../../lib/printable.ts';
import { randomHex } from '../framework/random-hex.ts';
import type { Remote } from '../remote/remote.ts';
import { askTarget } from '../remote/ask-target.ts';
import { SHOWN_REASON_CHARACTERS } from './find-openssh.ts';
import { targetScript } from './target-script.ts';

/** What a target has reported of its SSH server. */
export interface SshTarget {
  /** Each is a type and a key in base64, as in a file of public keys. */
  readonly hostKeys: readonly string[];
  /** The requested user, or the default one of the image; undefined when that is not known. Never root by default. */
  readonly user: string | undefined;
  /** Whether the target has this user. */
  readonly hasUser: boolean;
  /** Whether sshd asks EC2 Instance Connect for keys. */
  readonly hasInstanceConnect: boolean;
  /** `yes` if the key was added, else the reason why not; undefined when it was not requested. */
  readonly added: string | undefined;
}

/** A key for the target to add; `if-needed`: only if its sshd does not ask EC2 Instance Connect. */
export interface AddedKey {
  readonly publicKey: string;
  readonly when: 'always' | 'if-needed';
}

/** A server has a key of each type. */
const MAX_HOST_KEYS = 16;
/** 128 random bits: no other line of a file has them by accident. */
const KEY_MARK_BYTES = 16;
/** A name without characters that are special to a shell. It does not look like an option. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,255}$/;
/** Types of host keys that ssh accepts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
const HOST_KEY =
  /^((?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521))) ([A-Za-z0-9+/]{40,4000}={0,2})$/;

/** Whether a text can be a user name on the target. */
export function isUserName(text: string): boolean {
  return USER.test(text);
}

/**
 * Asks a target for its host keys and the user, and adds a key, with one command.
 *
 * @param user - accepted by {@link isUserName}; undefined for the default one of the image
 * @returns undefined when the command was stopped
 * @throws AwsError, CommandError or SessionError when the command cannot be run, or the target has no SSH server
 */
export async function readSshTarget(
  remote: Remote,
  user: string | undefined,
  key?: AddedKey,
): Promise<SshTarget | undefined> {
  const script = targetScript({
    user: user ?? '',
    publicKey: key?.publicKey,
    always: key?.when === 'always',
    mark: randomHex(remote.context.random, KEY_MARK_BYTES),
  });
  const text = await askTarget(remote, script);
  if (text === undefined) return undefined;
  const answer = readAnswer(text);
  if (answer === undefined) throw new SessionError(sessionFailures['target-not-posix']());
  if (answer.hostKeys.length === 0) {
    throw new SessionError(sshFailures['ssh-server-missing'](remote.target.title));
  }
  return answer;
}

/** Programs other than the script may have written any of these lines. */
function readAnswer(text: string): SshTarget | undefined {
  const facts = text.split('\n').map((line): readonly [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1).trim()];
  });
  const values = new Map(facts);
  const user = values.get('user');
  if (user === undefined) return undefined;
  const hostKeys = facts.flatMap(([name, value]) =>
    name === 'hostkey' && isHostKey(value) ? [value] : [],
  );
  const added = values.get('added');
  return {
    hostKeys: [...new Set(hostKeys)].slice(0, MAX_HOST_KEYS),
    user: isUserName(user) ? user : undefined,
    hasUser: values.get('exists') === 'yes',
    hasInstanceConnect: values.get('connect') === 'yes',
    added: added === undefined ? undefined : printableStart(added, SHOWN_REASON_CHARACTERS),
  };
}

/** The encoded key begins with the length of its type and the type (RFC 4253, section 6.6). */
function isHostKey(value: string): boolean {
  const [, type = '', base64 = ''] = HOST_KEY.exec(value) ?? [];
  const key = Buffer.from(base64, 'base64');
  return type !== '' && key.subarray(4, 4 + type.length).toString('latin1') === type;
}
