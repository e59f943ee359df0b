import assert from 'node:assert/strict';
import { globSync, rmSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { VERSION } from '../../support/product.ts';
import {
  APT_FTPARCHIVE,
  ARCH_TEST,
  CREATEREPO,
  GPG,
  GPGCONF,
  MMDEBSTRAP,
} from '../../support/tools.ts';
import { DEB_FORMAT } from '../deb/deb-format.ts';
import { DPKG_DEB, packageState } from '../deb/dpkg.ts';
import { buildSmallPackage } from '../linux/small-package.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { useKeyRing, type TestKey } from '../support/gpg-key.ts';
import { whenInputsChanged } from '../support/inputs-changed.ts';
import { assertProgramRemoved, assertProgramWorks } from '../support/installed-program.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import type { RootContent } from '../support/pristine-root.ts';
import { canInstall } from '../support/require-system.ts';
import { freshRoot, type SystemRoot } from '../support/system-root.ts';
import {
  publishedRepositories,
  type PublishedRepositories,
} from './support/published-repositories.ts';
import { addSudo, commandsOf, runScript } from './support/user-system.ts';

const NAME = 'session-manager-plugin';
const DEB = `ubuntu_64bit/${NAME}.deb`;
const TOOLS = [APT_FTPARCHIVE, ARCH_TEST, CREATEREPO, DPKG_DEB, GPG, GPGCONF, MMDEBSTRAP];
const OLD = '1.2.999.0';
const NEW = '1.3.0.0';

/** Debian 11, 12 and 13. Debian 13 verifies signatures with another program (sqv). */
const SUITES = ['bullseye', 'bookworm', 'trixie'];

/** What gpgv and sqv report. */
const SIGNED_BY_ANOTHER_KEY = /NO_PUBKEY|Missing key/;

/** A user's system, repositories, and the publisher's key. */
interface Setting {
  readonly root: SystemRoot;
  readonly repositories: PublishedRepositories;
  readonly key: TestKey;
  readonly makeKey: (owner: string) => TestKey;
}

/** @returns undefined when the test is skipped */
async function createSetting(t: TestContext, suite: string): Promise<Setting | undefined> {
  const content: RootContent = { suite, packages: ['curl'] };
  if (!(await canInstall(t, TOOLS, 'amd64', content))) return undefined;
  const root = await freshRoot(t, 'amd64', content);
  // Everything comes from the repository of the test.
  rmSync(root.path('/etc/apt/sources.list'), { force: true });
  addSudo(root);
  const makeKey = useKeyRing(t);
  return {
    root,
    repositories: await publishedRepositories(t),
    key: makeKey('Publisher <publisher@example.com>'),
    makeKey,
  };
}

/** Follows the published page. */
async function install({ root, repositories }: Setting): Promise<void> {
  const [commands = ''] = commandsOf(repositories.directory(), 'Debian and Ubuntu');
  const { status, stderr } = await runScript(root, commands);
  assert.equal(status, 0, stderr);
}

/** Runs apt-get; fails unless it fails. @returns its messages */
async function refusal(root: SystemRoot, command: string): Promise<string> {
  // By default apt-get only warns about an index, and uses the one before.
  const option = '-o APT::Update::Error-Mode=any';
  const { status, stdout, stderr } = await runScript(root, `apt-get ${option} ${command}`);
  assert.notEqual(status, 0, stdout);
  return stderr;
}

async function apt(root: SystemRoot, commands: string): Promise<void> {
  const { status, stderr } = await runScript(root, commands);
  assert.equal(status, 0, stderr);
}

for (const suite of SUITES) {
  describe(`the repository for apt in ${suite}`, whenInputsChanged('repositories'), () => {
    it('installs the release with the published commands, and goes with them', async (t) => {
      if (!requireTargets(t, 'linux-x64')) return;
      const setting = await createSetting(t, suite);
      if (setting === undefined) return;
      const { root, repositories, key } = setting;
      repositories.publish([packagePath(DEB)], key);
      const before = listFiles(root.path('/usr/local'));
      await install(setting);
      assert.equal(packageState(root), `ii ${VERSION}-1`);
      await assertProgramWorks(t, root);
      assert.ok(repositories.fetched.some((path) => path.includes('/by-hash/SHA256/')));

      const [, removal = ''] = commandsOf(repositories.directory(), 'Debian and Ubuntu');
      await apt(root, removal);
      assertProgramRemoved(root);
      assert.deepEqual(changes(before, listFiles(root.path('/usr/local'))), []);
      assert.deepEqual(
        globSync(`/{etc/apt,usr/share/keyrings}/**/${NAME}*`, { cwd: root.directory }),
        [],
      );
    });

    it('upgrades to the next release, and keeps the one before installable', async (t) => {
      const setting = await createSetting(t, suite);
      if (setting === undefined) return;
      const { root, repositories, key } = setting;
      repositories.publish([buildSmallPackage(t, DEB_FORMAT, OLD)], key);
      await install(setting);
      assert.equal(packageState(root), `ii ${OLD}-1`);

      repositories.publish([buildSmallPackage(t, DEB_FORMAT, NEW)], key);
      await apt(root, 'apt-get update && apt-get upgrade -y');
      assert.equal(packageState(root), `ii ${NEW}-1`);

      await apt(root, `apt-get install -y --allow-downgrades ${NAME}=${OLD}-1`);
      assert.equal(packageState(root), `ii ${OLD}-1`);
    });

    it('refuses an index, a package or a key that is not the published one', async (t) => {
      const setting = await createSetting(t, suite);
      if (setting === undefined) return;
      const { root, repositories, key, makeKey } = setting;
      repositories.publish([buildSmallPackage(t, DEB_FORMAT, OLD)], key);
      await install(setting);
      const packages = [buildSmallPackage(t, DEB_FORMAT, NEW)];

      repositories.publish(packages, key);
      repositories.damage('apt/dists/stable/main/*/{Packages*,by-hash/*/*}');
      assert.match(await refusal(root, 'update'), /unexpected size/);

      repositories.publish([], key);
      repositories.damage('apt/pool/*.deb');
      await apt(root, 'apt-get update');
      assert.match(await refusal(root, `install -y ${NAME}`), /unexpected size/);

      repositories.replace(packages, makeKey('Intruder <intruder@example.com>'));
      assert.match(await refusal(root, 'update'), SIGNED_BY_ANOTHER_KEY);
      assert.equal(packageState(root), `ii ${OLD}-1`);
    });
  });
}
