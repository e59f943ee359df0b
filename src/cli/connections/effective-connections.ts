import type { Connection, ConnectionFile } from './connection.ts';

/**
 * The connections that apply, in the order of their files: of several with the same name, the first.
 *
 * @param files - the closest to the working directory first
 */
export function effectiveConnections(files: readonly ConnectionFile[]): readonly Connection[] {
  const byName = new Map<string, Connection>();
  for (const connection of files.flatMap(({ connections }) => connections)) {
    if (!byName.has(connection.name)) byName.set(connection.name, connection);
  }
  return [...byName.values()];
}
