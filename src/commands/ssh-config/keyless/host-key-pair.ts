import { mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { isRunning } from '../../../cli/process/signals/process-signals.ts';
import { findOpenSsh } from '../../../cli/ssh/find-openssh.ts';
import { makeKey, readPublicKey } from '../../../cli/ssh/throwaway-key.ts';

type KeyContext = Pick<CommandContext, 'env' | 'platform' | 'clock'>;

/** A key that connections with one host name use at the same time. */
export interface KeyPair {
  readonly publicKey: string;
  /** This connection does not need it any more. */
  release(): Promise<void>;
}

export const KEY_SUFFIX = '.key';
/** Its file in the directory of the key. */
const NAME = 'id';
/** After this time, in milliseconds, a run that was begun has logged in, or its key is not accepted any more. */
const LOGIN_MS = 75_000;
/** A key that no connection of this time has used is removed, in milliseconds. */
const UNUSED_MS = 10 * 60_000;

export function keyFile(key: string): string {
  return join(key, NAME);
}

/**
 * Announces that a connection is about to begin: a key that another connection has finished with stays for it. ssh looks for
 * the public key when it has started its ProxyCommand, and must find the same private one when it logs in.
 */
export async function announceUse(key: string, now: number): Promise<void> {
  const seconds = now / 1000;
  // Without a key, the connection makes one.
  await utimes(keyFile(key), seconds, seconds).catch(() => undefined);
}

/**
 * The key for a connection, made if there is none.
 *
 * @param key - its directory
 * @throws CommandError without OpenSSH; an error of the file system
 */
export async function acquireKey(context: KeyContext, key: string): Promise<KeyPair> {
  // Another connection may remove it as its last user before it is marked; then a new one is made.
  const mark = join(key, String(process.pid));
  for (;;) {
    const publicKey = await readPublicKey(keyFile(key)).catch(() => makePair(context, key));
    try {
      await writeFile(mark, '');
      const { mtimeMs: announced } = await stat(keyFile(key));
      return { publicKey, release: () => release(context, key, mark, announced) };
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** Whether no connection has used a key for long. */
export async function isUnusedKey(key: string, now: number): Promise<boolean> {
  const { mtimeMs } = await stat(keyFile(key)).catch(() => ({ mtimeMs: -Infinity }));
  return now - mtimeMs > UNUSED_MS && !(await isMarked(key));
}

/** Removes a key in one step, so that another connection sees all of it or nothing. */
export async function removeKey(key: string): Promise<void> {
  const removed = await mkdtemp(`${key}-`);
  await rename(key, join(removed, NAME)).catch(() => undefined);
  await rm(removed, { recursive: true, force: true });
}

async function release(
  { clock }: Pick<KeyContext, 'clock'>,
  key: string,
  mark: string,
  announced: number,
): Promise<void> {
  await rm(mark, { force: true });
  const { mtimeMs } = await stat(keyFile(key)).catch(() => ({ mtimeMs: announced }));
  const isAnnounced = mtimeMs !== announced && clock.now() - mtimeMs < LOGIN_MS;
  if (!isAnnounced && !(await isMarked(key))) await removeKey(key);
}

/** Whether a connection that exists uses it: each has a file with the id of its process. */
async function isMarked(key: string): Promise<boolean> {
  const names = await readdir(key).catch(() => []);
  return names.some((name) => /^\d+$/.test(name) && isRunning(process, Number(name)));
}

/** @returns the public key: that of another connection, if that one was faster */
async function makePair(context: KeyContext, key: string): Promise<string> {
  const made = await mkdtemp(`${key}-`);
  try {
    const publicKey = await makeKey(context, await findOpenSsh(context), join(made, NAME));
    await rename(made, key);
    return publicKey;
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    // A directory that is not empty.
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(systemCode(error))) throw error;
    return readPublicKey(keyFile(key));
  }
}
