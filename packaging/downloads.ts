import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD_RECORD, buildRecord, type InstallKind } from '../build/bundle/build-record.ts';
import type { Architecture } from '../build/mach-o/load-commands.ts';
import {
  isStatic,
  LINUX_X86,
  nativeTarget,
  type BinaryTarget,
  type TargetName,
} from '../build/targets.ts';
import { makensisOf } from '../build/windows/makensis.ts';
import { windowsSigning } from '../build/windows/windows-signing.ts';
import { buildArchive } from './archive/archive.ts';
import type { DebArchitecture } from './deb/control.ts';
import { buildDeb } from './deb/deb.ts';
import { gpgSigning, signRpm } from './signing/gpg.ts';
import { buildBundle } from './macos/bundle.ts';
import { buildFlatPackage } from './macos/flat-package.ts';
import { installerSigning } from './macos/installer-signing.ts';
import { beginStep } from './progress/step-messages.ts';
import type { PackageRequest, Release } from './release.ts';
import { buildRpm } from './rpm/rpm.ts';
import type { RpmArchitecture } from './rpm/spec.ts';
import { FILE_MODE, settle } from './stage-tree.ts';
import { buildSetup } from './windows/setup.ts';
import { buildWindowsZip } from './windows/zip.ts';

/** Where the identities to sign with are named; without any, nothing is signed. */
type Environment = Readonly<Record<string, string | undefined>>;

/** One of the documented downloads (install guide). */
export interface Download {
  /** Below the version's directory. */
  readonly path: string;
  /** What the program in it reports as its installation. */
  readonly install: InstallKind;
  readonly build: (
    release: Release,
    request: PackageRequest,
    env: Environment,
  ) => void | Promise<void>;
}

const SETUP = 'SessionManagerPluginSetup.exe';

/** The downloads for each target whose names are the same in every version, in the order in which they are made. */
export const DOWNLOADS: Readonly<Record<TargetName, readonly Download[]>> = {
  'linux-x64': recorded('linux-x64', [deb('ubuntu_64bit', 'amd64'), rpm('linux_64bit', 'x86_64')]),
  'linux-arm64': recorded('linux-arm64', [
    deb('ubuntu_arm64', 'arm64'),
    rpm('linux_arm64', 'aarch64'),
  ]),
  [LINUX_X86]: recorded(LINUX_X86, [deb('ubuntu_32bit', 'i386'), rpm('linux_32bit', 'i386')]),
  'macos-x64': recorded('macos-x64', [macosBundle('mac'), flatPackage('mac', 'x86_64')]),
  'macos-arm64': recorded('macos-arm64', [
    macosBundle('mac_arm64'),
    flatPackage('mac_arm64', 'arm64'),
  ]),
  'windows-x64': recorded('windows-x64', windows('windows', 'x64')),
  'windows-arm64': recorded('windows-arm64', windows('windows_arm64', 'arm64')),
  // Only plain archives.
  'linux-x64-static': [],
  'linux-arm64-static': [],
};

/** Quick builds, which are not published, make this archive, and those of targets without another download. */
const ARCHIVE_OF_QUICK_BUILDS: TargetName = 'linux-x64';

/** All downloads for a target, in the order in which they are made. */
export function downloadsOf(
  target: TargetName,
  { version, compression }: Pick<Release, 'version' | 'compression'>,
): readonly Download[] {
  const isMade = compression === 'small' || target === ARCHIVE_OF_QUICK_BUILDS || isStatic(target);
  return [...(isMade ? recorded(target, archives(target, version)) : []), ...DOWNLOADS[target]];
}

/** The plain archive, which runs from any directory; the program for Linux x86 does not. */
function archives(target: TargetName, version: string): readonly Download[] {
  const platform = nativeTarget(target)?.platform;
  if (platform === undefined) return [];
  const ending = platform === 'win' ? 'zip' : 'tar.gz';
  return [
    {
      path: `session-manager-plugin-${version}-${target}.${ending}`,
      install: 'archive',
      build: buildArchive,
    },
  ];
}

/**
 * The program reports which download installed it: the tree gets the record of each one before that is made.
 */
function recorded(target: TargetName, downloads: readonly Download[]): readonly Download[] {
  return downloads.map((download) => ({
    ...download,
    build(release, request, env) {
      const file = join(request.tree, BUILD_RECORD);
      writeFileSync(file, buildRecord(download.install, target, release.commit));
      settle(file, FILE_MODE, release.sourceDateEpoch);
      return download.build(release, request, env);
    },
  }));
}

function deb(directory: string, architecture: DebArchitecture): Download {
  return {
    path: `${directory}/session-manager-plugin.deb`,
    install: 'deb',
    build: (release, request) => buildDeb(release, { ...request, architecture }),
  };
}

function rpm(directory: string, architecture: RpmArchitecture): Download {
  return {
    path: `${directory}/session-manager-plugin.rpm`,
    install: 'rpm',
    build(release, request, env) {
      buildRpm(release, { ...request, architecture });
      const signing = gpgSigning(env);
      if (signing.kind === 'key') beginStep(`${directory}/session-manager-plugin.rpm: signature`);
      signRpm(request.output, signing);
    },
  };
}

function windows(directory: string, architecture: BinaryTarget['arch']): readonly Download[] {
  return [
    {
      path: `${directory}/${SETUP}`,
      install: 'windows-setup',
      build(release, request, env) {
        const makensis = makensisOf(`windows-${architecture}`);
        buildSetup(release, request, { architecture, signing: windowsSigning(env), makensis });
      },
    },
    {
      path: `${directory}/SessionManagerPlugin.zip`,
      install: 'windows-zip',
      build: (release, request) =>
        buildWindowsZip(release, { ...request, setup: join(dirname(request.output), SETUP) }),
    },
  ];
}

function macosBundle(directory: string): Download {
  return {
    path: `${directory}/sessionmanager-bundle.zip`,
    install: 'macos-bundle',
    build: buildBundle,
  };
}

function flatPackage(directory: string, architecture: Architecture): Download {
  return {
    path: `${directory}/session-manager-plugin.pkg`,
    install: 'macos-pkg',
    build(release, request, env) {
      buildFlatPackage(release, request, { architecture, signing: installerSigning(env) });
    },
  };
}
