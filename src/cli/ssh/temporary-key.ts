import { readFile } from 'node:fs/promises';
import { sshFailures } from '../../failures/ssh.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { isJsonObject, stringMember } from '../../lib/json.ts';
import { printableStart } from '../../lib/printable.ts';
import { CommandError } from '../framework/command-context.ts';
import {
  runOpenSsh,
  SHOWN_REASON_CHARACTERS,
  type OpenSsh,
  type OpenSshContext,
} from './find-openssh.ts';

/** What `ssh-keygen` writes of an ed25519 key; without its comment. */
const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/]{68}(?= |$)/m;

/**
 * Makes a temporary key pair. ssh-keygen makes it, so that the private key is never in this program, its arguments or its
 * environment.
 *
 * @param file - of the private key, in a directory that only the user can read; the public one is beside it, with `.pub`
 * @returns the public key, without a comment
 * @throws CommandError when ssh-keygen fails
 */
export async function makeKey(
  { env }: Pick<OpenSshContext, 'env'>,
  { keygen }: OpenSsh,
  file: string,
): Promise<string> {
  try {
    await runOpenSsh(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file], env);
    return await readPublicKey(file);
  } catch (error) {
    // Its last line has the reason; the message of the error begins with the command.
    const printed = (isJsonObject(error) ? stringMember(error, 'stderr') : '').trim();
    const reason = printed.replace(/^.*\n/s, '') || asError(error).message;
    const why = printableStart(reason, SHOWN_REASON_CHARACTERS);
    throw new CommandError(sshFailures['ssh-key-not-made'](why));
  }
}

/** The public key of a private one. @throws Error when there is none */
export async function readPublicKey(file: string): Promise<string> {
  const [key] = PUBLIC_KEY.exec(await readFile(`${file}.pub`, 'utf8')) ?? [];
  if (key === undefined) throw new Error('ssh-keygen has not made an ed25519 key');
  return key;
}
