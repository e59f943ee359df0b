import { join } from 'node:path';
import { CommandError } from '../framework/command-context.ts';
import { configDirectory } from '../storage/user-directories.ts';
import { isConnectionName, type ConnectionFile, type Connections } from './connection.ts';

/** Where connections are searched for, and who searches. */
export interface ConnectionsPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The working directory; undefined when it was removed. */
  readonly directory: () => string | undefined;
  /** The effective user; undefined on Windows. */
  readonly userId: number | undefined;
}

const USER_FILE = 'connections.toml';

/** The connections of a run. Nothing is read, and no parser loaded, before the first question. */
export function createConnections(place: ConnectionsPlace): Connections {
  const userFile = join(configDirectory(place.env, place.platform), USER_FILE);
  let reading: Promise<readonly ConnectionFile[]> | undefined;
  const read = async (): Promise<readonly ConnectionFile[]> => {
    const { readConnectionFiles } = await import('./connection-files.ts');
    return readConnectionFiles(userFile, place);
  };
  const noticed = new Set<string>();
  const files = (): Promise<readonly ConnectionFile[]> => (reading ??= read());
  return {
    userFile,
    files,
    async find(name) {
      if (!isConnectionName(name)) return undefined;
      for (const { connections, faults } of await files()) {
        const [fault] = faults;
        if (fault !== undefined) throw new CommandError(fault);
        const found = connections.find((one) => one.name === name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    async noticeOf(connection) {
      if (noticed.has(connection.name)) return undefined;
      noticed.add(connection.name);
      const { projectNotice } = await import('./project-notice.ts');
      return projectNotice(connection, await files());
    },
    async add(connection) {
      const { addConnection } = await import('./add-connection.ts');
      await addConnection(userFile, place.userId, connection);
    },
  };
}
