import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTools, runTool, ToolError, UnavailableError, type Tool } from '../tool.ts';
import { KEYRING, SUITE } from './debian-suite.ts';

export const APT_GET: Tool = { program: 'apt-get', debianPackage: 'apt' };
export const KEYRING_FILE: Tool = { program: KEYRING, debianPackage: 'debian-archive-keyring' };

/** A package file as the archive offers it. */
export interface ArchiveFile {
  readonly uri: string;
  /** `name_version_architecture.deb`, the colon of a version as `%3a`. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * apt with directories of its own: it knows one suite and one architecture, sees nothing as
 * installed, and leaves the machine's own apt alone, but for what that says about proxies and such.
 *
 * What it hands out is checked by apt along one chain: `InRelease` of the suite is signed by a key of
 * Debian's keyring; it holds the SHA-256 of the index `Packages`; that holds the SHA-256 of every
 * package file.
 */
export interface PrivateApt {
  /** Fetches the index. */
  update(): void;
  /** The files of a package and everything it depends on, as the index has them. */
  filesWithDependencies(name: string): readonly ArchiveFile[];
  /** The file of one package alone. */
  file(name: string): readonly ArchiveFile[];
  /** Fetches files into a directory under their names. */
  download(files: readonly ArchiveFile[], directory: string): void;
}

/**
 * Sets up a private apt.
 *
 * @param home - a directory for its configuration and index, made when it is missing
 * @param architecture - as apt names it
 * @param mirror - URI of the archive
 * @throws MissingToolError when this machine lacks Debian's keys. The methods throw UnavailableError
 *   when the mirror cannot be used, and ToolError when apt fails for another reason
 */
export function openPrivateApt(home: string, architecture: string, mirror: string): PrivateApt {
  requireTools([KEYRING_FILE]);
  const configuration = join(home, 'apt.conf');
  for (const directory of ['lists/partial', 'archives/partial', 'empty']) {
    mkdirSync(join(home, directory), { recursive: true });
  }
  writeFileSync(join(home, 'status'), '');
  writeFileSync(
    join(home, 'sources.list'),
    `deb [arch=${architecture} signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`,
  );
  writeFileSync(configuration, configurationText(home, architecture));
  const apt = (args: readonly string[], cwd = home): string =>
    runTool(APT_GET, [`--config-file=${configuration}`, '--quiet=2', '--yes', ...args], {
      cwd,
      env: { LC_ALL: 'C' },
    }).toString('utf8');

  return {
    update: () => explainMirror(mirror, () => apt(['update'])),
    filesWithDependencies: (name) => readUris(apt(['install', '--print-uris', name])),
    file: (name) => readUris(apt(['download', '--print-uris', name])),
    download: (files, directory) => {
      const wanted = files.map(({ name }) => nameAndVersion(name));
      explainMirror(mirror, () => apt(['download', ...wanted], directory));
    },
  };
}

/**
 * Runs an action of apt that talks to the mirror.
 *
 * @throws UnavailableError when the mirror cannot be reached, or this machine lacks the key for it;
 *   ToolError when what the mirror offers cannot be used
 */
export function explainMirror(mirror: string, action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { message } = error;
    if (/NO_PUBKEY|EXPKEYSIG/.test(message)) {
      const advice = 'install a newer package debian-archive-keyring';
      throw new UnavailableError(
        `${KEYRING} has no key for the mirror ${mirror}: ${advice}\n${message}`,
      );
    }
    if (/is not signed|isn't valid|BADSIG|NODATA/.test(message)) {
      throw new ToolError(`The mirror ${mirror} has no index that Debian has signed. ${message}`);
    }
    if (
      !/Failed to fetch|Unable to fetch|failed to download|ha(?:s|ve) a Release file/.test(message)
    ) {
      throw error;
    }
    const advice = 'try again later, or name another mirror in the sources of apt';
    throw new UnavailableError(
      `Debian's mirror ${mirror} cannot be reached: ${advice}\n${message}`,
    );
  }
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

/**
 * Reads what `apt-get --print-uris` prints.
 *
 * @throws ToolError when a line is something else
 */
export function readUris(printed: string): readonly ArchiveFile[] {
  const lines = printed.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, uri = '', name = '', bytes = '', sha256 = ''] = URI_LINE.exec(line) ?? [];
    if (uri === '') throw new ToolError(`apt-get has printed no address and SHA-256: ${line}`);
    return { uri, name, bytes: Number(bytes), sha256 };
  });
}

/** What `readUris` reads. */
export function writeUris(files: readonly ArchiveFile[]): string {
  return files
    .map(({ uri, name, bytes, sha256 }) => `'${uri}' ${name} ${bytes} SHA256:${sha256}\n`)
    .join('');
}

/** `name=version`, as apt-get takes it, of the name of a package file. */
function nameAndVersion(file: string): string {
  const [name = '', version = ''] = file.split('_');
  return `${name}=${decodeURIComponent(version)}`;
}
