import { readdir, rm } from 'node:fs/promises';
import { connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { systemCode } from '../../lib/errors/system-error.ts';
import { assertSocketPathFits } from '../../session/port/listen/unix-socket-path.ts';

/**
 * Sockets of supervisors have numbers, because the system keeps the socket of a process that was killed: the next
 * supervisor listens on the next number. A number can be bound only once, so that no lock is needed that could outlive
 * its process, too.
 */
const SOCKET = /^supervisor-(\d{1,9})\.sock$/;
/** Reading and writing for the owner only. */
const OWNER_ONLY_UMASK = 0o177;
/** What connecting to a socket reports that no process listens to. */
const NOT_LISTENING: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);
/** How often a supervisor tries the next number, when others take one at the same time. */
const MAX_CLAIMS = 16;

/** What a claim of the socket needs of the system. */
export interface ClaimHost {
  readonly platform: NodeJS.Platform;
  readonly umask: (mask: number) => number;
}

/**
 * Connects to the supervisor of a directory.
 *
 * @returns undefined when there is none
 * @throws a system error when it does not take the connection
 */
export async function connectToSupervisor(directory: string): Promise<Socket | undefined> {
  for (const number of await numbersIn(directory)) {
    const socket = await connectTo(pathOf(directory, number));
    if (socket !== undefined) return socket;
  }
  return undefined;
}

/**
 * Makes a server the only supervisor of a directory. It may take connections before that is certain: they must wait.
 *
 * @returns whether it is now; if not, another one is, and the server is closed
 */
export async function claimSocket(
  directory: string,
  server: Server,
  host: ClaimHost,
): Promise<boolean> {
  for (let tries = 0; tries < MAX_CLAIMS; tries++) {
    const [last = 0] = await numbersIn(directory);
    const own = last + 1;
    if (await hasListener(directory, [last])) return false;
    if (!(await listen(server, pathOf(directory, own), host))) continue;
    // Another one that also found none has a higher number, or finds this one: one of the two withdraws.
    const numbers = await numbersIn(directory);
    const isHighest = numbers.every((number) => number <= own);
    const lower = numbers.filter((number) => number < own);
    if (isHighest && !(await hasListener(directory, lower))) {
      await Promise.all(lower.map((number) => rm(pathOf(directory, number), { force: true })));
      return true;
    }
    // Node.js removes the socket.
    await new Promise((resolve) => server.close(resolve));
    return false;
  }
  return false;
}

/** @returns false when the path is taken */
async function listen(server: Server, path: string, host: ClaimHost): Promise<boolean> {
  assertSocketPathFits(path, host.platform);
  const before = host.umask(OWNER_ONLY_UMASK);
  let listening: Promise<boolean>;
  try {
    // The file exists before this call returns, so the mask applies to no other file.
    listening = listenOn(server, path);
  } finally {
    host.umask(before);
  }
  return listening;
}

/** Listens on a path or, on Windows, on a pipe. @returns false when it is taken */
export function listenOn(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      if (systemCode(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    server.once('error', fail);
    server.listen({ path }, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}

async function hasListener(directory: string, numbers: readonly number[]): Promise<boolean> {
  for (const number of numbers) {
    // One that takes no more connections at the moment listens, too.
    const isListening = await connectTo(pathOf(directory, number)).then(
      (socket) => {
        socket?.destroy();
        return socket !== undefined;
      },
      () => true,
    );
    if (isListening) return true;
  }
  return false;
}

/** @returns undefined when no process listens there */
export function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const fail = (error: Error): void => {
      if (NOT_LISTENING.has(systemCode(error))) resolve(undefined);
      else reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** The highest first. */
async function numbersIn(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names
    .flatMap((name) => {
      const number = SOCKET.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .sort((a, b) => b - a);
}

function pathOf(directory: string, number: number): string {
  return join(directory, `supervisor-${number}.sock`);
}
