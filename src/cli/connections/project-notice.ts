import { printable } from '../../lib/printable.ts';
import type { Connection, ConnectionFile } from './connection.ts';

/**
 * What the user must know before a connection of a project's file is used: it may have come with a repository, and
 * decides where a session leads. Undefined for one of the user's own file.
 */
export function projectNotice(
  { name, path, target, profile }: Connection,
  files: readonly ConnectionFile[],
): string | undefined {
  const isOf = (scope: ConnectionFile['scope']): boolean =>
    files.some(
      (file) =>
        file.scope === scope &&
        (scope === 'user' || file.path === path) &&
        file.connections.some((one) => one.name === name),
    );
  if (!isOf('project')) return undefined;
  const account = profile === '' ? '' : `, profile ${printable(profile)}`;
  const hidden = isOf('user') ? ' It hides your own connection of this name.' : '';
  return `The connection ${name} is of ${printable(path)}: target ${printable(target)}${account}.${hidden}`;
}
