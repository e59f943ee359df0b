import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { INSTALL_DIRECTORY } from '../../build/install-directory.ts';
import { runTool, type Tool } from '../../build/tool.ts';
import type { PackageRequest, Release } from '../release.ts';
import { DIRECTORY_MODE, EXECUTABLE_MODE, FILE_MODE, settle, stageTree } from '../stage-tree.ts';
import { sharedContents, writeSystemFiles } from '../system/system-files.ts';
import { controlFile, type DebArchitecture } from './control.ts';
import { debianDocuments } from './documents.ts';

/** A package for Debian, Ubuntu and their like. */
export interface DebRequest extends PackageRequest {
  readonly architecture: DebArchitecture;
}

export const DPKG_DEB: Tool = { program: 'dpkg-deb', debianPackage: 'dpkg' };
const SCRIPTS = join(import.meta.dirname, 'scripts');
const SCRIPT_NAMES = ['preinst', 'postinst', 'prerm', 'postrm'] as const;

/** Only what the dpkg of every release since 2010 can read: zstd is not. */
const COMPRESSION = {
  fast: ['-Zgzip', '-z1'],
  small: ['-Zxz', '-z9'],
} as const satisfies Record<Release['compression'], readonly string[]>;

/**
 * Makes a `.deb` (deb(5)) that takes the place of AWS's own package and gives it back. The same tree
 * gives the same bytes.
 *
 * @throws TreeError when the tree cannot be packed, ToolError when dpkg-deb is missing or fails, BuildError
 *   when the changelog does not begin with the release
 */
export function buildDeb(release: Release, request: DebRequest): void {
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-deb-'));
  try {
    const root = join(work, 'root');
    const installed = join(root, INSTALL_DIRECTORY);
    mkdirSync(dirname(installed), { recursive: true });
    const epoch = release.sourceDateEpoch;
    const { files, installedKibibytes } = stageTree(request.tree, installed, epoch);
    const contents = [
      ...sharedContents(request.tree, 'usr/share/zsh/vendor-completions'),
      ...debianDocuments(release, request.tree),
    ];
    const system = writeSystemFiles(root, new Map(contents), epoch);
    const kibibytes = installedKibibytes + system.installedKibibytes;
    const ownFiles = files.map((file) => join(INSTALL_DIRECTORY, file).slice(1));
    const control: Readonly<Record<string, string>> = {
      control: controlFile(release, request.architecture, kibibytes),
      md5sums: [...ownFiles, ...system.files].map((file) => digestLine(root, file)).join(''),
    };
    writeControl(join(root, 'DEBIAN'), control, epoch);
    for (const parent of ['usr/local', 'usr', '']) {
      settle(join(root, parent), DIRECTORY_MODE, epoch);
    }
    const written = join(work, 'package.deb');
    runTool(
      DPKG_DEB,
      ['--root-owner-group', ...COMPRESSION[release.compression], '--build', root, written],
      {
        env: {
          SOURCE_DATE_EPOCH: String(epoch),
          // More threads compress in blocks: worse, and depending on how many there are.
          DPKG_DEB_THREADS_MAX: '1',
        },
      },
    );
    copyFileSync(written, request.output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function writeControl(
  directory: string,
  texts: Readonly<Record<string, string>>,
  epoch: number,
): void {
  mkdirSync(directory);
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(join(directory, name), text);
    settle(join(directory, name), FILE_MODE, epoch);
  }
  for (const name of SCRIPT_NAMES) {
    copyFileSync(join(SCRIPTS, name), join(directory, name));
    settle(join(directory, name), EXECUTABLE_MODE, epoch);
  }
  settle(directory, DIRECTORY_MODE, epoch);
}

/** A line of DEBIAN/md5sums (deb-md5sums(5)), against which dpkg verifies. */
function digestLine(root: string, file: string): string {
  const digest = createHash('md5')
    .update(readFileSync(join(root, file)))
    .digest('hex');
  return `${digest}  ${file}\n`;
}
