import { dirname, join } from 'node:path';
import type { ConnectionFile, ConnectionScope } from './connection.ts';
import type { ConnectionsPlace } from './connections.ts';
import { parseConnections } from './parse-connections.ts';
import { readTrustedFile } from './trusted-file.ts';

const PROJECT_FILE = '.ssm.toml';

/**
 * Reads the files of connections: those of the working directory and of the directories above it, then the
 * user's. Never rejects: what is wrong with a file is in its faults.
 */
export async function readConnectionFiles(
  userFile: string,
  { directory, userId }: ConnectionsPlace,
): Promise<readonly ConnectionFile[]> {
  const read = async (path: string, scope: ConnectionScope): Promise<readonly ConnectionFile[]> => {
    const found = await readTrustedFile(path, userId);
    switch (found.kind) {
      case 'absent':
        return [];
      case 'refused':
        return [{ path, scope, connections: [], faults: [found.fault] }];
      case 'read':
        return [{ path, scope, ...parseConnections(found.text, { path, scope, userFile }) }];
    }
  };
  const found = await Promise.all([
    ...directoriesUpFrom(directory()).map((place) => read(join(place, PROJECT_FILE), 'project')),
    read(userFile, 'user'),
  ]);
  return found.flat();
}

/** The closest first. */
function directoriesUpFrom(directory: string | undefined): readonly string[] {
  if (directory === undefined) return [];
  const above = dirname(directory);
  return above === directory ? [directory] : [directory, ...directoriesUpFrom(above)];
}
