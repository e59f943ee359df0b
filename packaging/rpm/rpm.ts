import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { INSTALL_DIRECTORY } from '../../build/install-directory.ts';
import { runTool, type Tool } from '../../build/tool.ts';
import type { PackageRequest, Release } from '../release.ts';
import { stageTree } from '../stage-tree.ts';
import { readChangelog } from '../system/changelog.ts';
import { sharedContents, writeSystemFiles } from '../system/system-files.ts';
import { specFile, STAGE_VARIABLE, type InstalledEntry, type RpmArchitecture } from './spec.ts';

/** A package for the distributions of Red Hat, SUSE, Amazon and their like. */
export interface RpmRequest extends PackageRequest {
  readonly architecture: RpmArchitecture;
}

export const RPMBUILD: Tool = { program: 'rpmbuild', debianPackage: 'rpm' };
const SCRIPTS = join(import.meta.dirname, 'scripts');

/** Only what the rpm of CentOS 7 (4.11) can read, in one thread: zstd it cannot. */
const PAYLOADS = {
  fast: 'w1.gzdio',
  small: 'w9.xzdio',
} as const satisfies Record<Release['compression'], string>;

/**
 * Makes an `.rpm` that takes the place of AWS's own package and gives it back. The same tree gives the
 * same bytes under the same rpmbuild, whose version is in each package.
 *
 * @throws TreeError when the tree cannot be packed, ToolError when rpmbuild is missing or fails, BuildError
 *   when the changelog does not begin with the release
 */
export function buildRpm(release: Release, request: RpmRequest): void {
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-rpm-'));
  try {
    const stage = join(work, 'stage');
    const installed = join(stage, INSTALL_DIRECTORY);
    mkdirSync(dirname(installed), { recursive: true });
    stageTree(request.tree, installed, release.sourceDateEpoch);
    const system = writeSystemFiles(
      stage,
      sharedContents(request.tree, 'usr/share/zsh/site-functions'),
      release.sourceDateEpoch,
    );
    const notes = readFileSync(join(request.tree, 'RELEASENOTES.md'), 'utf8');
    const spec = join(work, 'session-manager-plugin.spec');
    writeFileSync(
      spec,
      specFile({
        release,
        architecture: request.architecture,
        payload: PAYLOADS[release.compression],
        tree: entriesOf(installed),
        system,
        changelog: readChangelog(notes, release.version),
        posttrans: readFileSync(join(SCRIPTS, 'posttrans.sh'), 'utf8'),
        postun: readFileSync(join(SCRIPTS, 'postun.sh'), 'utf8'),
      }),
    );
    const define = (name: string, value: string): readonly string[] => [
      '--define',
      `${name} ${value}`,
    ];
    runTool(
      RPMBUILD,
      [
        ...['-bb', '--quiet', '--target', `${request.architecture}-linux`],
        ...define('_topdir', work),
        ...define('_tmppath', work),
        ...define('_dbpath', join(work, 'db')),
        ...define('_rpmdir', work),
        ...define('_rpmfilename', 'package.rpm'),
        spec,
      ],
      {
        env: {
          // No macros of the user.
          HOME: work,
          SOURCE_DATE_EPOCH: String(release.sourceDateEpoch),
          [STAGE_VARIABLE]: stage,
        },
      },
    );
    copyFileSync(join(work, 'package.rpm'), request.output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function entriesOf(installed: string): readonly InstalledEntry[] {
  const inside = readdirSync(installed, { recursive: true, withFileTypes: true }).map((entry) => ({
    path: relative(installed, join(entry.parentPath, entry.name)),
    isDirectory: entry.isDirectory(),
  }));
  inside.sort((one, other) => (one.path < other.path ? -1 : 1));
  return [{ path: '', isDirectory: true }, ...inside];
}
