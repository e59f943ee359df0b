import { printable } from '../../lib/printable.ts';
import { readBuildFacts, type BuildFacts } from './build-facts.ts';
import { runtimeEnd } from './runtime-end.ts';

/** Names of what installs the program, by what the build records. */
const INSTALLS: Readonly<Record<string, string>> = {
  deb: 'deb package',
  rpm: 'rpm package',
  'macos-bundle': 'macOS bundle (sessionmanager-bundle.zip)',
  'macos-pkg': 'macOS package (session-manager-plugin.pkg)',
  'windows-setup': 'Windows setup (SessionManagerPluginSetup.exe)',
  'windows-zip': 'Windows zip (SessionManagerPlugin.zip)',
  npm: 'npm package',
  archive: 'archive',
  image: 'container image',
  source: 'built from source',
};

const NOT_RECORDED = 'not recorded';
const UNKNOWN_COMMIT = 'unknown: not built from a clone';
const NAME_COLUMNS = 'runtime'.length;

/**
 * Describes this program for a report of a problem, one fact a line: version, runtime, target, install, commit.
 *
 * @param version - four dotted numbers
 * @param runtime - the version of Node.js
 * @param facts - undefined when nothing is recorded
 */
export function describeBuild(
  version: string,
  runtime: string = process.versions.node,
  facts: BuildFacts | undefined = readBuildFacts(),
): string {
  const end = runtimeEnd(runtime, facts);
  const supported = end === undefined ? '' : ` (security fixes until ${end})`;
  const rows = [
    ['version', version],
    ['runtime', `Node.js ${runtime}${supported}`],
    ['target', facts?.target ?? NOT_RECORDED],
    ['install', facts === undefined ? NOT_RECORDED : (INSTALLS[facts.install] ?? facts.install)],
    ['commit', facts === undefined ? NOT_RECORDED : (facts.commit ?? UNKNOWN_COMMIT)],
  ] as const;
  return rows.map(([name, fact]) => `${name.padEnd(NAME_COLUMNS)}  ${printable(fact)}\n`).join('');
}
