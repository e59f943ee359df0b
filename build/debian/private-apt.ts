import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTools, runTool, ToolError, UnavailableError, type Tool } from '../tool.ts';
import { readIndexDates, type IndexDates } from './archive-index.ts';
import { explainMirrors, withoutCredentials } from './mirror-failures.ts';
import type { RecordedPackage } from './packages-record.ts';

export const APT_GET: Tool = { program: 'apt-get', debianPackage: 'apt' };
/** The keys that may sign an index of Debian. */
export const KEYRING_FILE: Tool = {
  program: '/usr/share/keyrings/debian-archive-keyring.gpg',
  debianPackage: 'debian-archive-keyring',
};

/** What only the archive needs, and kept packages do not. */
export const ARCHIVE_TOOLS: readonly Tool[] = [APT_GET, KEYRING_FILE];

/** A package file as the archive offers it. */
export interface ArchiveFile extends RecordedPackage {
  readonly bytes: number;
}

/**
 * apt with directories of its own: it knows the given suites and one architecture, sees nothing as
 * installed, and leaves the machine's own apt alone, except for its settings of proxies and such.
 *
 * apt verifies what it returns along one chain: `InRelease` of a suite is signed by a key of
 * Debian's keyring; it holds the SHA-256 of the index `Packages`; that holds the SHA-256 of every
 * package file.
 */
export interface PrivateApt {
  /** Fetches the indexes. @returns the dates of each, in the order of the suites */
  update(): readonly IndexDates[];
  /** The newest files of a package and everything it depends on, as the indexes have them. */
  filesWithDependencies(name: string): readonly ArchiveFile[];
  /** The files of packages, without what they depend on. */
  filesAlone(names: readonly string[]): readonly ArchiveFile[];
  /** Fetches files into a directory under their names. */
  download(files: readonly ArchiveFile[], directory: string): void;
}

/** A suite of Debian, as a mirror has it. */
export interface MirroredSuite {
  /** Code name of the suite. */
  readonly suite: string;
  /** URI of the archive. */
  readonly mirror: string;
}

/** What a private apt is for. */
export interface PrivateAptOptions {
  /** A directory for its configuration and index, made when it is missing. */
  readonly home: string;
  /** Of each package, apt takes the newest of all suites. */
  readonly suites: readonly MirroredSuite[];
  /** As apt names it. */
  readonly architecture: string;
  /** Path of the keys that may sign the indexes. */
  readonly keyring: string;
}

/**
 * Sets up a private apt.
 *
 * @throws MissingToolError when this machine lacks the keys. The methods throw UnavailableError when a
 *   mirror cannot be used, and ToolError when apt fails for another reason
 */
export function openPrivateApt(options: PrivateAptOptions): PrivateApt {
  const { home, suites, architecture, keyring } = options;
  const mirrors = suites.map(({ mirror }) => mirror);
  requireTools([{ ...KEYRING_FILE, program: keyring }]);
  const configuration = join(home, 'apt.conf');
  for (const directory of ['lists/partial', 'archives/partial', 'empty']) {
    mkdirSync(join(home, directory), { recursive: true });
  }
  writeFileSync(join(home, 'status'), '');
  const sources = suites.map(
    ({ mirror, suite }) =>
      `deb [arch=${architecture} signed-by=${keyring}] ${mirror} ${suite} main\n`,
  );
  writeFileSync(join(home, 'sources.list'), sources.join(''));
  writeFileSync(configuration, configurationText(home, architecture));
  const apt = (args: readonly string[], cwd = home): string =>
    explainMirrors(mirrors, () =>
      runTool(APT_GET, [`--config-file=${configuration}`, '--quiet=2', '--yes', ...args], {
        cwd,
        env: { LC_ALL: 'C' },
      }).toString('utf8'),
    );

  return {
    update() {
      apt(['update']);
      return suites.map(({ mirror, suite }) =>
        explainMirrors([mirror], () => readIndexDates(readInRelease(join(home, 'lists'), suite))),
      );
    },
    filesWithDependencies: (name) => readUris(apt(['install', '--print-uris', name])),
    filesAlone: (names) =>
      names.length === 0 ? [] : readUris(apt(['download', '--print-uris', ...names])),
    download(files, directory) {
      const wanted = files.map(({ name, version }) => `${name}=${version}`);
      apt(['download', ...wanted], directory);
    },
  };
}

/** The index as apt has verified it: it puts what is not signed nowhere but into `partial`. */
function readInRelease(lists: string, suite: string): string {
  const name = readdirSync(lists).find((each) => each.endsWith(`_dists_${suite}_InRelease`));
  if (name === undefined) throw new UnavailableError(`there is no InRelease of ${suite}`);
  return readFileSync(join(lists, name), 'utf8');
}

/** Read after the machine's configuration, so all of this wins over it (apt.conf(5)). */
function configurationText(home: string, architecture: string): string {
  return `#clear APT::Default-Release;
#clear APT::Architectures;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Get::AllowUnauthenticated "false";
// An index that could not be renewed is an error, not a warning.
APT::Update::Error-Mode "any";
// The build compares the dates of the index itself, whatever this machine's apt is set to.
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
// Indexes of another mirror go.
APT::Get::List-Cleanup "true";
// A mirror that does not answer is given up within a minute, not four.
Acquire::Retries "0";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
// The user that apt would change to cannot look into a home directory.
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::ForceHash "SHA256";
Acquire::Languages { "none"; };
Dir "${home}/";
Dir::Etc::sourcelist "${home}/sources.list";
Dir::Etc::sourceparts "${home}/empty";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "${home}/empty";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "${home}/empty";
Dir::State "${home}";
Dir::State::lists "${home}/lists";
Dir::State::status "${home}/status";
Dir::State::extended_states "${home}/extended_states";
Dir::Cache "${home}";
Dir::Cache::archives "${home}/archives";
`;
}

/** A line of `--print-uris`: URI in quotes, file name, size in bytes, digest. */
const URI_LINE = /^'([^']+)' (\S+\.deb) (\d+) SHA256:([0-9a-f]{64})$/;
/** Of a package file: name, version with its colon as `%3a`, architecture. */
const FILE_NAME = /^([^_]+)_([^_]+)_([^_]+)\.deb$/;

/**
 * Reads what `apt-get --print-uris` prints.
 *
 * @throws ToolError when a line is something else
 */
export function readUris(printed: string): readonly ArchiveFile[] {
  const lines = printed.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, uri = '', file = '', bytes = '', sha256 = ''] = URI_LINE.exec(line) ?? [];
    const [, name = '', version = '', architecture = ''] = FILE_NAME.exec(file) ?? [];
    if (uri === '' || name === '') {
      throw new ToolError(`apt-get has printed no address and SHA-256: ${line}`);
    }
    const described = { name, version: decodeURIComponent(version), architecture };
    return { ...described, file, uri: withoutCredentials(uri), bytes: Number(bytes), sha256 };
  });
}
