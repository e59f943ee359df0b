import { constants, privateDecrypt, type KeyObject } from 'node:crypto';
import { desktopFailures } from '../../../failures/desktops.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';

/** What passwords of Windows that EC2 makes consist of. With another key, decryption returns random bytes (RFC 8017, 7.2.2). */
const PASSWORD = /^[\x21-\x7e]{1,127}$/;

/**
 * Decrypts the password of the administrator, as EC2 has it (EC2 API, GetPasswordData).
 *
 * @param data - encrypted by RSA with PKCS #1 v1.5, in base64
 * @param key - of the key pair of the instance
 * @param path - its file, for messages
 * @throws CommandError when the key cannot decrypt it
 */
export function decryptPassword(
  data: string,
  key: KeyObject,
  path: string,
  target: string,
): string {
  let text: string;
  try {
    const padding = constants.RSA_PKCS1_PADDING;
    text = privateDecrypt({ key, padding }, Buffer.from(data, 'base64')).toString('latin1');
  } catch (error) {
    // Node.js 20 refuses this padding: its OpenSSL shows how long the decryption of a wrong message takes.
    if (systemCode(error) === 'ERR_INVALID_ARG_VALUE')
      throw new CommandError(desktopFailures['password-unsupported']());
    throw new CommandError(desktopFailures['password-key-differs'](path, target));
  }
  if (PASSWORD.test(text)) return text;
  throw new CommandError(desktopFailures['password-key-differs'](path, target));
}
