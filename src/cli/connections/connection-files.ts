import { dirname, join, win32 } from 'node:path';
import type { ConnectionFile, ConnectionScope } from './connection.ts';
import type { ConnectionsPlace } from './connections.ts';
import { parseConnections } from './parse-connections.ts';
import { readTrustedFile } from './trusted-file.ts';

const PROJECT_FILE = '.ssm.toml';

/**
 * Reads the connections files: those of the working directory and of the directories above it, then the
 * user's. Never rejects: what is wrong with a file is in its faults.
 */
export async function readConnectionFiles(
  userFile: string,
  place: ConnectionsPlace,
): Promise<readonly ConnectionFile[]> {
  const { userId } = place;
  const read = async (path: string, scope: ConnectionScope): Promise<readonly ConnectionFile[]> => {
    // A file of a directory that the user may not search is for others.
    const hidden = scope === 'project' ? 'absent' : 'refused';
    const found = await readTrustedFile(path, userId, hidden);
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
    ...projectDirectories(place).map((one) => read(join(one, PROJECT_FILE), 'project')),
    read(userFile, 'user'),
  ]);
  return found.flat();
}

/**
 * On Windows, where no owner is checked, only those of the user's profile: all users may write to the root of a
 * drive.
 */
function projectDirectories({ directory, env, platform }: ConnectionsPlace): readonly string[] {
  const all = directoriesUpFrom(directory());
  if (platform !== 'win32') return all;
  const profile = env['USERPROFILE'] ?? '';
  return profile === '' ? [] : all.filter((one) => isWithin(profile, one));
}

function isWithin(profile: string, directory: string): boolean {
  const path = win32.relative(profile, directory);
  return !/^\.\.(?:\\|$)/.test(path) && !win32.isAbsolute(path);
}

/** The closest first. */
function directoriesUpFrom(directory: string | undefined): readonly string[] {
  if (directory === undefined) return [];
  const above = dirname(directory);
  return above === directory ? [directory] : [directory, ...directoriesUpFrom(above)];
}
