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
  if (files.find((file) => file.path === path)?.scope !== 'project') return undefined;
  const account = profile === '' ? '' : `, profile ${printable(profile)}`;
  const hides = files.some(
    ({ scope, connections }) => scope === 'user' && connections.some((one) => one.name === name),
  );
  const hidden = hides ? ' It hides your own connection of this name.' : '';
  return `The connection ${name} comes from ${printable(path)}: target ${printable(target)}${account}.${hidden}`;
}
