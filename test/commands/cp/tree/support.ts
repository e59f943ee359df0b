import { Buffer } from 'node:buffer';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack, type Header } from 'tar-stream';
import { createStagedTree, type StagedTree } from '../../../../src/commands/cp/tree/staged-tree.ts';
import { unpack, type Unpacked } from '../../../../src/commands/cp/tree/unpack.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';

const UMASK = 0o022;

/** Where a test unpacks archives, and what must stay as it is. */
export interface Place {
  /** Contains only `copies`. */
  readonly root: string;
  /** The directory that archives are copied into. */
  readonly copies: string;
}

export function makePlace(t: CleanupScope): Place {
  const root = temporaryDirectory(t);
  const copies = join(root, 'copies');
  mkdirSync(copies);
  return { root, copies };
}

/** Copies an archive to a directory, as `cp -r` does. */
export async function copyArchive(
  archive: Readable,
  directory: string,
  keepTimes = false,
  platform: NodeJS.Platform = 'linux',
): Promise<Unpacked> {
  const staged = await createStagedTree(Buffer.from(directory), 'test');
  try {
    const unpacked = await unpackInto(staged, archive, platform, keepTimes);
    await staged.publish({
      directories: unpacked.directories,
      umask: UMASK,
      keepTimes,
      changesModes: keepTimes,
    });
    return unpacked;
  } finally {
    staged.discard();
  }
}

function unpackInto(
  { directory }: StagedTree,
  archive: Readable,
  platform: NodeJS.Platform,
  keepTimes: boolean,
): Promise<Unpacked> {
  return unpack(archive, {
    directory,
    platform,
    umask: UMASK,
    keepTimes,
    onEntry: () => undefined,
  });
}

/** What an archive contains: a header, and for files their text. */
export type Entry = Partial<Header> & { readonly name: string; readonly text?: string };

/** An archive of any entries, also of such as no tar makes. */
export function archiveOf(...entries: readonly Entry[]): Readable {
  const archive = pack();
  for (const { text, ...header } of entries) archive.entry(header, text ?? '');
  archive.finalize();
  return Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false });
}

/** Each path in a directory, with its kind, permissions and content: one line each, in order. */
export function listTree(directory: string): readonly string[] {
  return walk(Buffer.from(directory), '');
}

function walk(directory: Buffer, path: string): readonly string[] {
  const names = readdirSync(directory, { encoding: 'buffer' }).sort((a, b) => a.compare(b));
  return names.flatMap((name) => {
    const file = Buffer.concat([directory, Buffer.from('/'), name]);
    const shown = `${path}${name.toString('latin1')}`;
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) return [`${shown} -> ${readlinkSync(file)}`];
    const mode = (stats.mode & 0o7777).toString(8);
    if (!stats.isDirectory()) return [`${shown} ${mode} ${readFileSync(file, 'latin1')}`];
    return [`${shown}/ ${mode}`, ...walk(file, `${shown}/`)];
  });
}
