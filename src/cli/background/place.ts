import type { Server, Socket } from 'node:net';
import type { CommandContext } from '../framework/command-context.ts';
import { findRuntimeDirectory, makeRuntimeDirectory } from './runtime-directory.ts';
import { claimSocket, connectToSupervisor } from './supervisor-socket.ts';

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
}

/** The place of the user of this process. */
export function backgroundPlace({
  env,
  platform,
}: Pick<CommandContext, 'env' | 'platform'>): BackgroundPlace {
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
  };
}
