import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { namedPath } from '../../build/build-settings.ts';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { sha256OfFile } from '../../build/runtime/sha256-of-file.mjs';
import { requireTools, runTool, type Tool } from '../../build/tool.ts';
import { DPKG_DEB } from '../deb/deb.ts';
import { gpgSigning, GPG, type GpgKey } from '../signing/gpg.ts';
import { OUTPUTS } from '../release-settings.ts';
import { APT_FTPARCHIVE, indexAptRepository, POOL } from './apt.ts';
import { BASE_ARCHITECTURES, CREATEREPO, indexDnfRepository } from './dnf.ts';
import type { ListedFile } from '../signing/checksums.ts';
import { publicKeyOf } from '../signing/public-key.ts';
import { GPGV, readPublishedPackages, writeList } from './published-packages.ts';
import { sourceFiles } from './source-files.ts';

/** How the repositories of a release are made. */
export interface RepositorySettings {
  /** Signs the indexes. */
  readonly key: GpgKey;
  /** A copy of the published repositories, whose packages stay; empty for the first release. */
  readonly published: string;
}

/** Repositories to make. */
export interface RepositoriesRequest extends RepositorySettings {
  /** The directory to create. */
  readonly directory: string;
  /** Where it will be published; no slash at the end. */
  readonly url: string;
  /** Paths of the new packages. Those for rpm are signed. */
  readonly packages: readonly string[];
  /** The time of the indexes, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
  /** Is notified of each step. */
  readonly begin: (step: string) => void;
}

const PUBLISHED_VARIABLE = 'SSM_PACKAGE_REPOSITORY';
const RPM: Tool = { program: 'rpm', debianPackage: 'rpm' };
const TOOLS: readonly Tool[] = [APT_FTPARCHIVE, CREATEREPO, DPKG_DEB, GPG, GPGV, RPM];

/**
 * Reads whether and how repositories are made from the environment: `SSM_SIGN_GPG_KEY`, and `SSM_PACKAGE_REPOSITORY`, a
 * copy of the published repositories. Empty is unset.
 *
 * @returns undefined without a key: apt refuses an unsigned repository, and nothing would protect users of dnf
 * @throws SigningSettingsError as {@link gpgSigning}; MissingToolError when a tool is missing; BuildError when the copy is missing
 */
export function repositorySettings(
  env: Readonly<Record<string, string | undefined>>,
): RepositorySettings | undefined {
  const key = gpgSigning(env);
  if (key.kind === 'unsigned') return undefined;
  requireTools(TOOLS);
  const published = namedPath(env[PUBLISHED_VARIABLE] ?? '');
  if (published === '') return { key, published };
  if (published.startsWith(`${OUTPUTS.plugin}/`)) {
    throw new BuildError(
      `${PUBLISHED_VARIABLE}: each build removes ${published}: copy the published repositories to another directory`,
    );
  }
  if (!existsSync(published)) {
    throw new BuildError(
      `${PUBLISHED_VARIABLE}: there is no ${published}: copy the published repositories there`,
    );
  }
  return { key, published };
}

/** Describes in one line which repositories a release has. */
export function describeRepositories(settings: RepositorySettings | undefined): string {
  if (settings === undefined) return 'apt and dnf: no repositories, because there is no key';
  const { key, published } = settings;
  const signed = `apt and dnf: repositories signed with the key ${key.key}`;
  return published === ''
    ? `${signed}, with only this version (${PUBLISHED_VARIABLE} is not set)`
    : `${signed}, with this version and those in ${published}`;
}

/**
 * Makes a repository for apt and one for dnf, with everything that users need to use them. They contain the new packages,
 * and those of the published repositories. Everything published is verified first, because the new index vouches for it.
 *
 * @throws BuildError when a published file was changed, or a package with the same version is already published; ToolError
 *   when a tool is missing or fails
 */
export function makeRepositories(request: RepositoriesRequest): void {
  const { directory, url, key, sourceDateEpoch, begin } = request;
  begin('repositories: published packages');
  const publicKey = publicKeyOf(key);
  const published =
    request.published === '' ? [] : readPublishedPackages(request.published, publicKey);
  begin('repositories: new packages');
  const added = request.packages.map((file) => ({ ...describePackage(file), file }));
  refuseReplaced(published, added);
  rmSync(directory, { recursive: true, force: true });
  const kept = published.map((each) => ({ ...each, file: join(request.published, each.path) }));
  const all = new Map([...kept, ...added].map((each) => [each.path, each]));
  for (const { path, file } of all.values()) {
    const place = join(directory, path);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(file, place, constants.COPYFILE_FICLONE);
    // The index of dnf contains it.
    utimesSync(place, sourceDateEpoch, sourceDateEpoch);
  }
  const apt = join(directory, 'apt');
  const dnf = join(directory, 'dnf');
  if (existsSync(apt)) {
    begin('repositories: index for apt, with its signature');
    indexAptRepository({ directory: apt, sourceDateEpoch, key });
  }
  if (existsSync(dnf)) {
    begin('repositories: index for dnf, with its signature');
    indexDnfRepository({ directory: dnf, sourceDateEpoch, key });
  }
  for (const [name, text] of Object.entries(sourceFiles({ url, key: publicKey }))) {
    writeFileSync(join(directory, name), text);
  }
  writeList(
    directory,
    [...all.keys()].sort().flatMap((path) => all.get(path) ?? []),
    key,
  );
}

function describePackage(file: string): ListedFile {
  const path = extname(file) === '.deb' ? pathOfDeb(file) : pathOfRpm(file);
  return { path, sha256: sha256OfFile(file) };
}

/** Downloads of all architectures have the same name. In a repository, names are distinct. */
function pathOfDeb(file: string): string {
  const format = '${Package}_${Version}_${Architecture}.deb';
  const name = runTool(DPKG_DEB, ['--show', `--showformat=${format}`, file]).toString();
  return `apt/${POOL}/${name}`;
}

function pathOfRpm(file: string): string {
  const format = '%{ARCH} %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm';
  const printed = runTool(RPM, ['--query', '--package', '--queryformat', format, file]);
  const [architecture = '', name = ''] = printed.toString().split(' ');
  if (!BASE_ARCHITECTURES.includes(architecture)) {
    throw new BuildError(`${file} is for ${architecture}: add it to packaging/repositories/dnf.ts`);
  }
  return `dnf/${architecture}/${name}`;
}

/** apt and dnf keep what they have once fetched, and refuse a file that differs from it. */
function refuseReplaced(published: readonly ListedFile[], added: readonly ListedFile[]): void {
  const digests = new Map(published.map(({ path, sha256 }) => [path, sha256]));
  for (const { path, sha256 } of added) {
    if ((digests.get(path) ?? sha256) === sha256) continue;
    throw new BuildError(`${path} is already published with other content: set a higher version`);
  }
}
