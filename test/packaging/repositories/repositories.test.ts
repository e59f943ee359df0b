import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { NO_PUBLISHER } from '../../../packaging/publisher.ts';
import { publishRepositories } from '../../../packaging/published/repositories.ts';
import { OUTPUTS } from '../../../packaging/release-settings.ts';
import {
  describeRepositories,
  makeRepositories,
  repositorySettings,
  type RepositoriesRequest,
} from '../../../packaging/repositories/repositories.ts';
import {
  aptCommands,
  dnfCommands,
  dnfKeyCommands,
} from '../../../packaging/repositories/source-files.ts';
import { runTool } from '../../../build/tool.ts';
import { readDocument, sectionOf } from '../../docs/support/markdown.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  APT_FTPARCHIVE,
  CREATEREPO,
  GPG,
  GPGCONF,
  GPGV,
  RPM,
  RPMBUILD,
} from '../../support/tools.ts';
import { DEB_FORMAT } from '../deb/deb-format.ts';
import { DPKG_DEB } from '../deb/dpkg.ts';
import type { PackageFormat } from '../linux/package-format.ts';
import { buildSmallPackage } from '../linux/small-package.ts';
import { RPM_FORMAT } from '../rpm/rpm-format.ts';
import { becomeOtherUser } from '../support/other-user.ts';
import { smallRelease } from '../support/small-release.ts';
import { useKeyRing, type TestKey } from '../support/gpg-key.ts';

const TOOLS = [APT_FTPARCHIVE, CREATEREPO, DPKG_DEB, GPG, GPGCONF, GPGV, RPM, RPMBUILD];
const NAME = 'session-manager-plugin';
const URL = 'https://downloads.example.com/plugin/repositories';
const OLD = '1.2.999.0';
const NEW = '1.3.0.0';
/** Times of two releases, in seconds since the epoch. */
const EPOCHS = { [OLD]: 1_700_000_000, [NEW]: 1_700_086_400 } as const;

const ARCHITECTURES = ['amd64', 'arm64', 'i386'] as const;

function packagesOf(t: TestContext, version: string): readonly string[] {
  const build = (format: PackageFormat): readonly string[] =>
    ARCHITECTURES.map((architecture) => buildSmallPackage(t, format, version, architecture));
  return [...build(DEB_FORMAT), ...build(RPM_FORMAT)];
}

function makeKey(t: TestContext): TestKey {
  return useKeyRing(t)('Publisher <publisher@example.com>');
}

/** Makes repositories of a version. @returns their directory */
function make(
  t: TestContext,
  version: keyof typeof EPOCHS,
  request: Pick<RepositoriesRequest, 'packages' | 'key'> & Partial<RepositoriesRequest>,
): string {
  const directory = join(temporaryDirectory(t), 'repositories');
  const sourceDateEpoch = EPOCHS[version];
  const begin = (): void => undefined;
  makeRepositories({ directory, url: URL, published: '', sourceDateEpoch, begin, ...request });
  return directory;
}

/** All files of a directory. */
function filesOf(directory: string, pattern = '**'): readonly string[] {
  return globSync(pattern, { cwd: directory })
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();
}

describe('repositories of apt and dnf', () => {
  it('contain all packages by distinct names, and the published ones of earlier releases', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const { signing: key } = makeKey(t);
    const old = make(t, OLD, { packages: packagesOf(t, OLD), key });
    const both = make(t, NEW, { packages: packagesOf(t, NEW), key, published: old });
    const expected = [OLD, NEW].flatMap((version) => [
      ...ARCHITECTURES.map((each) => `apt/pool/${NAME}_${version}-1_${each}.deb`),
      ...['aarch64', 'i386', 'x86_64'].map(
        (each) => `dnf/${each}/${NAME}-${version}-1.${each}.rpm`,
      ),
    ]);
    assert.deepEqual(filesOf(both, '**/*.{deb,rpm}'), expected.sort());
    const versions = (architecture: string): readonly string[] => {
      const index = join(both, `apt/dists/stable/main/binary-${architecture}/Packages`);
      return readFileSync(index, 'utf8').match(/(?<=^Version: ).*/gm) ?? [];
    };
    for (const architecture of ARCHITECTURES) {
      assert.deepEqual([...versions(architecture)].sort(), [`${OLD}-1`, `${NEW}-1`]);
    }
    // The key and the fingerprint are those of the publisher.
    const shown = runTool(GPG, ['--show-keys', join(both, `${NAME}.asc`)]).toString();
    const fingerprint = /[0-9A-F]{40}/.exec(shown)?.[0] ?? '';
    const page = readFileSync(join(both, 'README.md'), 'utf8').replaceAll(' ', '');
    assert.ok(fingerprint !== '' && page.includes(fingerprint), page);
  });

  it('have the same index wherever they are made, of the same packages', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const { signing: key } = makeKey(t);
    const packages = packagesOf(t, OLD);
    const first = make(t, OLD, { packages, key });
    becomeOtherUser(t);
    const second = make(t, OLD, { packages: [...packages].reverse(), key });
    assert.deepEqual(filesOf(second), filesOf(first));
    const signatures = /(?:\.asc|\.gpg|\/InRelease)$/;
    for (const path of filesOf(first).filter((each) => !signatures.test(each))) {
      const content = readFileSync(join(first, path));
      assert.ok(content.equals(readFileSync(join(second, path))), path);
    }
  });

  it('take over nothing from published ones that the publisher has not signed', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const makeAnotherKey = useKeyRing(t);
    const key = makeAnotherKey('Publisher <publisher@example.com>').signing;
    const other = makeAnotherKey('Intruder <intruder@example.com>').signing;
    const deb = buildSmallPackage(t, DEB_FORMAT, OLD);
    const published = make(t, OLD, { packages: [deb], key });
    const packages = [buildSmallPackage(t, DEB_FORMAT, NEW)];
    const refuses = (change: (copy: string) => void, message: RegExp): void => {
      const copy = join(temporaryDirectory(t), 'copy');
      cpSync(published, copy, { recursive: true });
      change(copy);
      assert.throws(() => make(t, NEW, { packages, key, published: copy }), {
        name: 'BuildError',
        message,
      });
    };
    const pool = `apt/pool/${NAME}_${OLD}-1_amd64.deb`;
    refuses((copy) => appendFileSync(join(copy, pool), '\n'), /was changed after it was published/);
    refuses((copy) => rmSync(join(copy, pool)), /is missing/);
    refuses((copy) => appendFileSync(join(copy, 'SHA256SUMS'), '\n'), /is not signed with the key/);
    refuses((copy) => rmSync(join(copy, 'SHA256SUMS.asc')), /has no .*SHA256SUMS\.asc/);
    refuses((copy) => {
      rmSync(copy, { recursive: true });
      cpSync(make(t, OLD, { packages: [deb], key: other }), copy, { recursive: true });
    }, /is not signed with the key/);
    // A file that was added is not taken over.
    const added = join(published, 'apt/pool', `${NAME}_9.0.0.0-1_amd64.deb`);
    cpSync(buildSmallPackage(t, DEB_FORMAT, '9.0.0.0'), added);
    const next = make(t, NEW, { packages, key, published });
    assert.equal(filesOf(next, 'apt/pool/*').length, 2);
  });

  it('never replace a published package', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const { signing: key } = makeKey(t);
    const published = make(t, OLD, { packages: [buildSmallPackage(t, DEB_FORMAT, OLD)], key });
    const file = buildSmallPackage(t, DEB_FORMAT, OLD);
    appendFileSync(file, '\n');
    const same = join(published, `apt/pool/${NAME}_${OLD}-1_amd64.deb`);
    assert.doesNotThrow(() => make(t, NEW, { packages: [same], key, published }));
    assert.throws(() => make(t, NEW, { packages: [file], key, published }), {
      name: 'BuildError',
      message: /already published with other content: set a higher version/,
    });
  });
});

describe('a release', () => {
  it('has repositories beside the directories of its versions, if it is signed', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const { signing, passphraseFile } = makeKey(t);
    const plugin = temporaryDirectory(t);
    const directory = join(plugin, NEW);
    const path = `ubuntu_64bit/${NAME}.deb`;
    cpSync(buildSmallPackage(t, DEB_FORMAT, NEW), join(directory, path));
    const listed = [path, 'VERSION'].map((each) => ({ path: each, sha256: '' }));
    const release = smallRelease(NEW);
    const publication = { release, directory, targets: [], accepted: {}, listed };

    const steps: string[] = [];
    const begin = (step: string): number => steps.push(step);
    publishRepositories({ ...publication, env: {} }, plugin, begin);
    assert.deepEqual(readdirSync(plugin), [NEW]);
    assert.deepEqual(steps, []);

    const env = { SSM_SIGN_GPG_KEY: signing.key, SSM_SIGN_GPG_PASSPHRASE_FILE: passphraseFile };
    publishRepositories({ ...publication, env }, plugin, begin);
    assert.deepEqual(steps, [
      'repositories: published packages',
      'repositories: new packages',
      'repositories: index for apt, with its signature',
    ]);
    const sources = readFileSync(join(plugin, 'repositories', `${NAME}.sources`), 'utf8');
    assert.match(sources, new RegExp(`^URIs: ${NO_PUBLISHER.downloads}/repositories/apt$`, 'm'));
    assert.ok(!existsSync(join(plugin, 'repositories', 'dnf')));
  });
});

describe('the settings of repositories', () => {
  it('need a key: without one there are no repositories', () => {
    assert.equal(repositorySettings({}), undefined);
    assert.equal(repositorySettings({ SSM_PACKAGE_REPOSITORY: '/nonexistent' }), undefined);
    assert.match(describeRepositories(undefined), /no repositories, because there is no key/);
  });

  it('refuse a copy of the published ones that is missing, or that the build would remove', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const env = { SSM_SIGN_GPG_KEY: 'ABCD1234' };
    const first = repositorySettings(env);
    assert.deepEqual(first?.published, '');
    assert.match(describeRepositories(first), /only this version .SSM_PACKAGE_REPOSITORY is not/);
    const copy = temporaryDirectory(t);
    const next = repositorySettings({ ...env, SSM_PACKAGE_REPOSITORY: copy });
    assert.ok(describeRepositories(next).endsWith(`this version and those in ${copy}`));
    assert.throws(() => repositorySettings({ ...env, SSM_PACKAGE_REPOSITORY: '/nonexistent' }), {
      name: 'BuildError',
      message: /SSM_PACKAGE_REPOSITORY: there is no \/nonexistent/,
    });
    const own = join(OUTPUTS.plugin, 'repositories');
    assert.throws(() => repositorySettings({ ...env, SSM_PACKAGE_REPOSITORY: own }), {
      name: 'BuildError',
      message: /each build removes/,
    });
  });

  it('name one key', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const makeAnotherKey = useKeyRing(t);
    for (const name of ['one', 'two']) makeAnotherKey(`${name} <${name}@example.com>`);
    const key = { kind: 'key', key: 'example.com', passphraseFile: undefined } as const;
    assert.throws(() => make(t, OLD, { packages: [], key }), {
      name: 'BuildError',
      message: /"example\.com" names more than one key/,
    });
  });
});

describe('the install guide', () => {
  it('has the commands of the published page', () => {
    const blocks = sectionOf(readDocument('docs/install.md'), 'From a repository').blocks;
    const url = 'https://downloads.example.com/plugin/repositories';
    assert.deepEqual(
      blocks.map(({ text }) => `${text.trim()}\n`),
      [aptCommands(url), dnfCommands(url), dnfKeyCommands(url)],
    );
  });
});
