import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipFile } from 'yazl';
import { entryOptions, writeTreeZip, writeZip } from '../archive/zip-file.ts';
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
    await writeTreeZip(release, staged, files, packageFile);

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
    await writeZip(outer, output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The command processor of Windows finds labels in files with its own line ends only. */
function batchFile(name: string): Buffer {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'));
}
