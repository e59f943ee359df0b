import { hash } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { backgroundFailures } from '../../failures/background.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { cacheDirectory } from '../storage/user-directories.ts';
import { pipeSecret, proveAsClient, proveAsSupervisor } from './pipe-secret.ts';
import { findRuntimeDirectory, makeRuntimeDirectory } from '../storage/runtime-directory.ts';
import { claimSocket, connectTo, connectToSupervisor, listenOn } from './supervisor-socket.ts';

/** Where the supervisor of the user and its clients meet. */
export interface BackgroundPlace {
  /**
   * Connects to the supervisor.
   *
   * @returns undefined when there is none
   * @throws a system error when it does not take the connection, and CommandError when other users could be there
   */
  connect(): Promise<Socket | undefined>;
  /**
   * Makes a server the only supervisor of the user.
   *
   * @returns false when another one is
   * @throws CommandError when there is no place that other users cannot use
   */
  claim(server: Server): Promise<boolean>;
  /** Whether a program that has connected is one of the user. */
  admits(socket: Socket): Promise<boolean>;
}

type PlaceContext = Pick<CommandContext, 'env' | 'platform' | 'clock'>;

const PIPE_DIGITS = 16;
const FOREIGN_PIPE =
  'If it is one of another user, inform the administrator of this machine. If it is an old one of yours, end it';
const SECRET_FILE = 'supervisor.secret';

/** The place of the user of this process. */
export function backgroundPlace(context: PlaceContext): BackgroundPlace {
  return context.platform === 'win32' ? windowsPlace(context) : posixPlace(context);
}

function posixPlace({ env, platform }: PlaceContext): BackgroundPlace {
  const owner = { env, platform, userId: process.geteuid?.() ?? 0 };
  return {
    async connect() {
      const directory = await findRuntimeDirectory(owner);
      return directory === undefined ? undefined : connectToSupervisor(directory);
    },
    async claim(server) {
      const directory = await makeRuntimeDirectory(owner);
      return claimSocket(directory, server, { platform, umask: (mask) => process.umask(mask) });
    },
    // The system lets only the user open the directory of the socket.
    admits: () => Promise.resolve(true),
  };
}

/** The system gives a pipe to one process, and removes it when that ends. */
function windowsPlace({ env, platform, clock }: PlaceContext): BackgroundPlace {
  const directory = cacheDirectory(env, platform);
  const user = hash('sha256', directory.toLowerCase()).slice(0, PIPE_DIGITS);
  return pipePlace(
    String.raw`\\.\pipe\session-manager-plugin-${user}`,
    join(directory, SECRET_FILE),
    clock,
  );
}

/**
 * A place that other users can reach, too, so that both ends prove that they can read a file of the user.
 *
 * @param path - of the pipe
 */
export function pipePlace(
  path: string,
  secretFile: string,
  clock: CommandContext['clock'],
): BackgroundPlace {
  return {
    async connect() {
      const socket = await connectTo(path);
      if (socket === undefined) return undefined;
      if (await proveAsClient(socket, await pipeSecret(secretFile), clock)) return socket;
      socket.destroy();
      const why = `another program has made the pipe ${path}`;
      throw new CommandError(backgroundFailures['supervisor-unreachable'](why, FOREIGN_PIPE));
    },
    async claim(server) {
      await pipeSecret(secretFile);
      return listenOn(server, path);
    },
    admits: async (socket) => proveAsSupervisor(socket, await pipeSecret(secretFile), clock),
  };
}
