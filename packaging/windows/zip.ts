import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFLATE_LEVELS } from '../archive/deflate.ts';
import { treeEntries, writeZip, type ZipEntry } from '../archive/zip-file.ts';
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
    const packageFile = join(work, 'package.zip');
    const level = DEFLATE_LEVELS[release.compression];
    const settings = { epoch: release.sourceDateEpoch, unixTimes: false };
    await writeZip(treeEntries(staged, files, level), packageFile, settings);

    const packed = (name: string, file: string, permissions: number): ZipEntry => {
      return { name, permissions, content: readFileSync(file), level: undefined };
    };
    await writeZip(
      [
        packed('SessionManagerPluginSetup.exe', setup, EXECUTABLE_MODE),
        packed('package.zip', packageFile, FILE_MODE),
        ...SCRIPTS.map((name) => {
          return { name, permissions: FILE_MODE, content: batchFile(name), level };
        }),
      ],
      output,
      settings,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The command processor of Windows finds labels in files with its own line ends only. */
function batchFile(name: string): Buffer {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'));
}
