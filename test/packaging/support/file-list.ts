import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** Paths below a root directory, with what is known of each without reading it. */
export type FileList = ReadonlyMap<string, string>;

/** What the kernel, package managers and the tests themselves write down. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  '/dev',
  '/proc',
  '/sys',
  '/tmp',
  '/var/lib/dpkg',
  '/var/lib/rpm',
  '/var/log/dpkg.log',
]);

/** Everything a system holds besides what is written down about it. */
export function listFiles(root: string): FileList {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    if (BOOKKEEPING.has(path)) return;
    const file = join(root, path);
    const stats = lstatSync(file);
    found.set(path, describeFile(file, stats));
    if (stats.isDirectory()) for (const name of readdirSync(file)) visit(join(path, name));
  };
  visit('/');
  return found;
}

function describeFile(file: string, stats: Stats): string {
  const common = `${stats.mode.toString(8)} ${stats.uid}:${stats.gid}`;
  if (stats.isSymbolicLink()) return `${common} -> ${readlinkSync(file)}`;
  return stats.isFile() ? `${common} ${stats.size} ${stats.mtimeMs}` : common;
}

/** What is different: `+ path` for what came, `- path` for what went, `~ path` for what changed. */
export function changes(before: FileList, after: FileList): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    return [`${old === undefined ? '+' : now === undefined ? '-' : '~'} ${path}`];
  });
}
