import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { isRunning } from '../../../cli/process/signals/process-signals.ts';
import { findOpenSsh } from '../../../cli/ssh/find-openssh.ts';
import { makeKey, readPublicKey } from '../../../cli/ssh/temporary-key.ts';
import { attempt } from '../../../cli/storage/run-directory.ts';

type KeyContext = Pick<CommandContext, 'env' | 'platform' | 'clock' | 'interrupted'>;

/** A key that connections to one host name share. */
export interface KeyPair {
  readonly publicKey: string;
  /** Call it when this connection no longer needs the key. */
  release(): void;
}

export const KEY_SUFFIX = '.key';
/** The file of the private key in its directory. */
const NAME = 'id';
/** After this time, in milliseconds, a connection has logged in, or its key is no longer accepted. */
const LOGIN_MS = 75_000;
/** A key that no connection has used for this time, in milliseconds, is removed. */
export const UNUSED_MS = 10 * 60_000;

export function keyFile(key: string): string {
  return join(key, NAME);
}

/**
 * Announces that a connection is about to begin, so that another connection that ends does not remove the key. ssh looks for the
 * public key when it has started its ProxyCommand, and must find the same private key when it logs in.
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
 * @throws CommandError without OpenSSH, or when its files cannot be written
 */
export function acquireKey(context: KeyContext, key: string): Promise<KeyPair> {
  return attempt(key, () => acquire(context, key), 'XDG_STATE_HOME');
}

async function acquire(context: KeyContext, key: string): Promise<KeyPair> {
  // Another connection may remove the key before it is marked as used; then a new one is made.
  const mark = join(key, String(process.pid));
  for (;;) {
    // Keys are made and removed in one step: another program has left a part of one.
    if (existsSync(key) && !isWhole(key)) removeKey(key);
    const publicKey = await readPublicKey(keyFile(key)).catch(() => makePair(context, key));
    try {
      await writeFile(mark, '');
      const { mtimeMs: announced } = await stat(keyFile(key));
      return { publicKey, release: once(context, () => release(context, key, mark, announced)) };
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

function isWhole(key: string): boolean {
  return existsSync(keyFile(key)) && existsSync(`${keyFile(key)}.pub`);
}

/** Whether a name is that of a key that is being made or removed. */
export function isUnfinished(name: string): boolean {
  return /\.key-\w+$/.test(name);
}

/** Whether no connection has used a key for long. */
export function isUnusedKey(key: string, now: number): boolean {
  return now - (timeOf(key) ?? -Infinity) > UNUSED_MS && !isMarked(key);
}

/** Removes a key in one step, so that another connection sees all of it or nothing. */
export function removeKey(key: string): void {
  let removed = key;
  try {
    removed = mkdtempSync(`${key}-`);
    renameSync(key, join(removed, NAME));
  } catch {
    // Another one has removed it, or the disk is too full for this step.
  }
  rmSync(removed, { recursive: true, force: true });
}

/** Acts once: when it is called, or when a signal ends the command. It is synchronous, because nothing is awaited after a signal. */
function once({ interrupted }: Pick<KeyContext, 'interrupted'>, act: () => void): () => void {
  let isDone = false;
  const actOnce = (): void => {
    if (isDone) return;
    isDone = true;
    interrupted.removeEventListener('abort', actOnce);
    act();
  };
  interrupted.addEventListener('abort', actOnce);
  return actOnce;
}

function release(
  { clock }: Pick<KeyContext, 'clock'>,
  key: string,
  mark: string,
  announced: number,
): void {
  rmSync(mark, { force: true });
  const time = timeOf(key) ?? announced;
  const isAnnounced = time !== announced && clock.now() - time < LOGIN_MS;
  if (!isAnnounced && !isMarked(key)) removeKey(key);
}

/** When the use of a key was announced, in milliseconds since the epoch; undefined without one. */
function timeOf(key: string): number | undefined {
  return statSync(keyFile(key), { throwIfNoEntry: false })?.mtimeMs;
}

/** Whether a running connection uses the key: each has a file named by the id of its process. */
function isMarked(key: string): boolean {
  if (!existsSync(key)) return false;
  return readdirSync(key).some((name) => /^\d+$/.test(name) && isRunning(process, Number(name)));
}

/** @returns the public key: that of another connection, if it was faster */
async function makePair(context: KeyContext, key: string): Promise<string> {
  const made = await mkdtemp(`${key}-`);
  try {
    const publicKey = await makeKey(context, await findOpenSsh(context), join(made, NAME));
    await rename(made, key);
    return publicKey;
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    // The directory is not empty: another connection was faster.
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(systemCode(error))) throw error;
    return readPublicKey(keyFile(key));
  }
}
