import { createPrivateKey, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { desktopFailures } from '../../../failures/desktops.ts';
import {
  CommandError,
  isCommandError,
  type CommandContext,
} from '../../../cli/framework/command-context.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import { systemText } from '../../../lib/errors/system-error.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import { printable } from '../../../lib/printable.ts';

/** Reads the key from stdin. */
const STDIN = '-';
/** How messages name it. */
const STDIN_NAME = 'on stdin';
/** Bytes of a key: 16 384 bits in PEM have a fifth of them. */
const MAX_KEY_BYTES = 64 * 1024;

/** RFC 1421, section 4.6.1.1, and RFC 7468, section 11. */
const IS_PROTECTED = /^(?:Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY-----)/m;

/** A private key, and how messages name its file. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly name: string;
}

/**
 * Reads a private key of RSA from a file, or from stdin for `-`.
 *
 * @throws CommandError when it cannot be read, or is none
 */
export async function readPrivateKey(
  path: string,
  terminal: Pick<CommandContext['terminal'], 'input'>,
): Promise<PrivateKey> {
  const name = path === STDIN ? STDIN_NAME : printable(path);
  try {
    const pem = await readBounded(path === STDIN ? terminal.input : createReadStream(path));
    if (pem.length > MAX_KEY_BYTES)
      throw new CommandError(desktopFailures['password-key-invalid'](name));
    return { key: parseKey(pem.toString('latin1'), name), name };
  } catch (error) {
    if (isCommandError(error)) throw error;
    const why = systemText(asError(error));
    throw new CommandError(desktopFailures['password-key-unreadable'](name, why));
  }
}

/** @returns all bytes, or the first ones, which are too many for a key */
async function readBounded(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > MAX_KEY_BYTES) break;
  }
  return Buffer.concat(parts);
}

function parseKey(pem: string, name: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    if (!IS_PROTECTED.test(pem))
      throw new CommandError(desktopFailures['password-key-invalid'](name));
    const file = name === STDIN_NAME ? 'KEY' : quoteForShell(name);
    throw new CommandError(desktopFailures['password-key-protected'](name, file));
  }
  if (key.asymmetricKeyType === 'rsa') return key;
  throw new CommandError(desktopFailures['password-key-invalid'](name));
}
