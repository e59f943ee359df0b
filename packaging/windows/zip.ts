import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Release } from '../release.ts';
import { EXECUTABLE_MODE, FILE_MODE, stageTree } from '../stage-tree.ts';

/** What is packed for users without the setup, and where to. */
export interface WindowsZipRequest {
  /** The setup, which comes along. */
  readonly setup: string;
  /** The installed tree. */
  readonly tree: string;
  /** The file to write; its directory exists. */
  readonly output: string;
}

const SCRIPTS = ['install.bat', 'uninstall.bat'] as const;
const LEVELS: Readonly<Record<Release['compression'], number>> = { fast: 1, small: 9 };

/**
 * Makes `SessionManagerPlugin.zip`: the setup, and `package.zip` with the installed tree, which
 * `install.bat` unpacks without it. The same input gives the same bytes, in every time zone.
 *
 * @throws TreeError when the tree cannot be packed
 */
export async function buildWindowsZip(
  release: Release,
  { setup, tree, output }: WindowsZipRequest,
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-zip-'));
  try {
    const staged = join(work, 'tree');
    const { files } = stageTree(tree, staged, release.sourceDateEpoch);
    const inner = new ZipFile();
    for (const file of files) {
      const mode = file.endsWith('.exe') ? EXECUTABLE_MODE : FILE_MODE;
      inner.addFile(join(staged, file), file, {
        ...entryOptions(release, mode),
        compressionLevel: LEVELS[release.compression],
      });
    }
    const packageFile = join(work, 'package.zip');
    await write(inner, packageFile);

    const outer = new ZipFile();
    const packed = { compress: false };
    outer.addFile(setup, 'SessionManagerPluginSetup.exe', {
      ...entryOptions(release, EXECUTABLE_MODE),
      ...packed,
    });
    outer.addFile(packageFile, 'package.zip', { ...entryOptions(release, FILE_MODE), ...packed });
    for (const name of SCRIPTS) {
      outer.addBuffer(batchFile(name), name, entryOptions(release, FILE_MODE));
    }
    await write(outer, output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface EntryOptions {
  readonly mtime: Date;
  readonly mode: number;
  readonly forceDosTimestamp: true;
}

/** A ZIP file keeps the local time of day: every entry gets that of Greenwich. */
function entryOptions(release: Release, mode: number): EntryOptions {
  const time = new Date(release.sourceDateEpoch * 1000);
  const mtime = new Date(
    ...([time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()] as const),
    ...([time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()] as const),
  );
  return { mtime, mode, forceDosTimestamp: true };
}

/** The command processor of Windows finds labels in files with its own line ends only. */
function batchFile(name: string): Buffer {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'));
}

async function write(zip: ZipFile, path: string): Promise<void> {
  const written = pipeline(zip.outputStream, createWriteStream(path));
  zip.end();
  await written;
}
