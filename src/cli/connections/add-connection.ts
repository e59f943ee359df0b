import { mkdir, open, readlink, realpath, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { connectionFailures } from '../../failures/connections.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, isCommandError } from '../framework/command-context.ts';
import type { Connection, NewConnection } from './connection.ts';
import { parseConnections } from './parse-connections.ts';
import { MAX_CONNECTIONS_BYTES, readTrustedFile, TOO_LONG } from './trusted-file.ts';

/** Names of machines and accounts are only for the user. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/**
 * Appends a connection to the user's file, which keeps what is in it, with its comments. The new content is
 * checked, and replaces the old one in one step. Meanwhile a file with `.lock` at the end of its name keeps
 * other programs from doing the same.
 *
 * @param path - of the user's file, which need not exist
 * @param userId - undefined where the system has no owners
 * @throws CommandError when it cannot be written, is not valid or defines the connection already
 */
export async function addConnection(
  path: string,
  userId: number | undefined,
  connection: NewConnection,
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    // A link stays one: the user may keep such files elsewhere.
    const file = await realPathOf(path);
    await withLock(file, async (lock) => {
      const before = await textOf(file, userId);
      checkIsNew(path, before, connection.name);
      const text = `${before}${separator(before)}${tableOf(connection)}`;
      // A value of the command line may not fit: a region with a space.
      parsed(path, text);
      if (Buffer.byteLength(text) > MAX_CONNECTIONS_BYTES) {
        const failure = connectionFailures['connections-unwritable'];
        throw new CommandError(failure(printable(path), TOO_LONG));
      }
      await lock.writeFile(text);
      await lock.sync();
    });
  } catch (error) {
    if (isCommandError(error) || systemCode(error) === '') throw error;
    const why = systemText(asError(error));
    throw new CommandError(connectionFailures['connections-unwritable'](printable(path), why));
  }
}

type LockFile = Awaited<ReturnType<typeof open>>;

/** Makes the file that becomes the new one, as Git does: only one program at a time can. */
async function withLock(path: string, write: (lock: LockFile) => Promise<void>): Promise<void> {
  const lockPath = `${path}.lock`;
  let lock: LockFile;
  try {
    lock = await open(lockPath, 'wx', FILE_MODE);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    const failure = connectionFailures['connections-locked'];
    throw new CommandError(failure(printable(path), printable(lockPath)));
  }
  try {
    await write(lock).finally(() => lock.close());
    await rename(lockPath, path);
  } catch (error) {
    await rm(lockPath, { force: true });
    throw error;
  }
}

async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  // Neither a file nor a link, or a link to a file that does not exist yet.
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : realPathOf(resolve(dirname(path), target));
}

async function textOf(path: string, userId: number | undefined): Promise<string> {
  const found = await readTrustedFile(path, userId);
  if (found.kind === 'refused') throw new CommandError(found.fault);
  return found.kind === 'read' ? found.text : '';
}

function checkIsNew(path: string, text: string, name: string): void {
  const old = parsed(path, text).find((one) => one.name === name);
  if (old === undefined) return;
  const failure = connectionFailures['connection-exists'];
  throw new CommandError(failure(name, printable(path), String(old.line)));
}

function parsed(path: string, text: string): readonly Connection[] {
  const origin = { path, scope: 'user', userFile: path } as const;
  const { connections, faults } = parseConnections(text, origin);
  const [fault] = faults;
  if (fault !== undefined) throw new CommandError(fault);
  return connections;
}

function separator(before: string): string {
  if (before.trim() === '') return '';
  return before.endsWith('\n') ? '\n' : '\n\n';
}

/** The lines of a connection. Texts of TOML are those of JSON, but for characters that no value may have. */
function tableOf({
  name,
  target,
  profile,
  region,
  forward,
  onDemand,
  idle,
}: NewConnection): string {
  const lines = [
    `[${name}]`,
    `target = ${JSON.stringify(target)}`,
    ...(profile === '' ? [] : [`profile = ${JSON.stringify(profile)}`]),
    ...(region === '' ? [] : [`region = ${JSON.stringify(region)}`]),
    ...(forward.length === 0
      ? []
      : [`forward = [${forward.map((port) => JSON.stringify(port)).join(', ')}]`]),
    ...(onDemand ? ['on-demand = true'] : []),
    ...(idle === '' ? [] : [`idle = ${JSON.stringify(idle)}`]),
  ];
  return `${lines.join('\n')}\n`;
}
