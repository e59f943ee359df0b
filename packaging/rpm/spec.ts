import { INSTALL_DIRECTORY } from '../../build/install-directory.ts';
import { PRODUCT } from '../product.ts';
import { vendorOf } from '../publisher.ts';
import type { Release } from '../release.ts';
import { changeLines, type ChangelogVersion } from '../system/changelog.ts';
import type { SystemFiles } from '../system/system-files.ts';

/** Architectures by their names in rpm. */
export type RpmArchitecture = 'x86_64' | 'i386' | 'aarch64';

/** What is written into a spec file. */
export interface SpecContent {
  readonly release: Release;
  readonly architecture: RpmArchitecture;
  /** rpm's name of compressor and level: `w9.xzdio`. */
  readonly payload: string;
  /** Everything in the installation directory. */
  readonly tree: readonly InstalledEntry[];
  readonly system: SystemFiles;
  /** The newest version first. */
  readonly changelog: readonly ChangelogVersion[];
  /** Scripts for /bin/sh. */
  readonly posttrans: string;
  readonly postun: string;
}

/** A file or directory of the installed tree. */
export interface InstalledEntry {
  /** Below the installation directory; empty for the directory itself. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** The environment variable with the directory whose content is the package's, for `%install`. */
export const STAGE_VARIABLE = 'STAGE';

/**
 * What the pinned runtime needs at most of each library, on any architecture, as the packages of all distributions name it.
 * One without (CentOS 7 has GLIBC_2.17) refuses the package instead of installing what cannot run.
 */
const RUNTIME_LIBRARIES = [
  'libc.so.6(GLIBC_2.28)(64bit)',
  'libgcc_s.so.1(GCC_4.2.0)(64bit)',
  'libstdc++.so.6(CXXABI_1.3.11)(64bit)',
  'libstdc++.so.6(GLIBCXX_3.4.21)(64bit)',
] as const;

/** The 32-bit tree brings every library it needs, its loader included. */
const REQUIRES: Readonly<Record<RpmArchitecture, readonly string[]>> = {
  x86_64: RUNTIME_LIBRARIES,
  aarch64: RUNTIME_LIBRARIES,
  i386: [],
};

/**
 * Files are packed as they are: rpm's own steps after `%install` would strip the program, which
 * breaks it, and compile, compress and link what they find.
 */
const MACROS = [
  '%global __os_install_post %{nil}',
  '%global debug_package %{nil}',
  '%global _build_id_links none',
  '%global _buildhost localhost',
  '%global use_source_date_epoch_as_buildtime 1',
  '%global clamp_mtime_to_source_date_epoch 1',
] as const;

/** The spec file that packs what is in `$STAGE`. */
export function specFile(content: SpecContent): string {
  const { publisher } = content.release;
  return [
    ...MACROS,
    `%global _binary_payload ${content.payload}`,
    `Name: ${PRODUCT.name}`,
    `Version: ${content.release.version}`,
    `Release: ${PRODUCT.revision}`,
    `Summary: ${PRODUCT.summary}`,
    `License: ${PRODUCT.license}`,
    `URL: ${escapeMacros(publisher.homepage)}`,
    `Vendor: ${escapeMacros(vendorOf(publisher))}`,
    `Packager: ${escapeMacros(publisher.maintainer)}`,
    // Old versions of rpm want it.
    'Group: Applications/Internet',
    'AutoReqProv: no',
    ...REQUIRES[content.architecture].map((library) => `Requires: ${library}`),
    '',
    '%description',
    ...PRODUCT.description,
    '',
    '%install',
    `mv "$${STAGE_VARIABLE}"/* "$RPM_BUILD_ROOT"`,
    '',
    '%posttrans',
    escapeMacros(content.posttrans),
    '%postun',
    escapeMacros(content.postun),
    '%files',
    '%defattr(-,root,root,-)',
    ...content.tree.map(treeEntry),
    ...systemEntries(content.system),
    '',
    '%changelog',
    ...content.changelog.flatMap((version) => changelogEntry(version, content.release)),
  ].join('\n');
}

/** Installed also where a user wants no documentation (rpm, `--nodocs`). */
const LICENSES: ReadonlySet<string> = new Set(['LICENSE', 'NOTICE', 'THIRD-PARTY']);
const DOCUMENTATION = /^(?:README\.md|RELEASENOTES\.md|docs\/.*)$/;

function treeEntry({ path, isDirectory }: InstalledEntry): string {
  const place = `"${path === '' ? INSTALL_DIRECTORY : `${INSTALL_DIRECTORY}/${path}`}"`;
  if (isDirectory) return `%dir ${place}`;
  if (LICENSES.has(path)) return `%license ${place}`;
  return DOCUMENTATION.test(path) ? `%doc ${place}` : place;
}

/** In the format of rpm's spec files, section `%changelog`. */
function changelogEntry(
  { version, released, sections }: ChangelogVersion,
  { publisher, sourceDateEpoch }: Release,
): readonly string[] {
  const time = released ?? new Date(sourceDateEpoch * 1000);
  // `Sun, 29 Nov 2026 …`
  const [weekday = '', day = '', month = '', year = ''] = time.toUTCString().split(/,? /);
  const lines = [
    `* ${weekday} ${month} ${day} ${year} ${publisher.maintainer} - ${version}-${PRODUCT.revision}`,
    ...sections.flatMap(({ title, changes }) => [
      ...(title === '' ? [] : [`${title}:`]),
      ...changes.flatMap((change) => changeLines('- ', change)),
    ]),
    '',
  ];
  return lines.map(escapeMacros);
}

/**
 * The directories of a shell that may not be installed belong to the package, too, so that rpm removes them with
 * it. The other directories belong to the system.
 */
function systemEntries({ files, directories }: SystemFiles): readonly string[] {
  const shared = directories.filter((path) =>
    /^usr\/share\/(?:bash-completion|zsh|fish)/.test(path),
  );
  return [
    ...shared.map((path) => `%dir /${path}`),
    ...files.map((path) => (path.startsWith('usr/share/man/') ? `%doc /${path}` : `/${path}`)),
  ];
}

/** A shell's `${name%pattern}` is no macro of rpm. */
function escapeMacros(script: string): string {
  return script.replaceAll('%', '%%');
}
