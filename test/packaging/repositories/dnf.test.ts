import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { signRpm } from '../../../packaging/signing/gpg.ts';
import { VERSION } from '../../support/product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  APT_FTPARCHIVE,
  ARCH_TEST,
  CREATEREPO,
  DNF,
  GPG,
  GPGCONF,
  MMDEBSTRAP,
  RPM,
  RPMBUILD,
} from '../../support/tools.ts';
import { buildSmallPackage } from '../linux/small-package.ts';
import { rpm } from '../rpm/rpm-tool.ts';
import { RPM_FORMAT } from '../rpm/rpm-format.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { useKeyRing, type TestKey } from '../support/gpg-key.ts';
import { whenInputsChanged } from '../support/inputs-changed.ts';
import { assertProgramRemoved, assertProgramWorks } from '../support/installed-program.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import type { RootContent } from '../support/pristine-root.ts';
import { canInstall } from '../support/require-system.ts';
import { freshRoot, type CommandResult, type SystemRoot } from '../support/system-root.ts';
import { buildBasePackage } from './support/base-package.ts';
import {
  publishedRepositories,
  type PublishedRepositories,
} from './support/published-repositories.ts';
import { addSudo, commandsOf, runCommand, runScript } from './support/user-system.ts';

const NAME = 'session-manager-plugin';
const PACKAGE = `linux_64bit/${NAME}.rpm`;
const SECTION = 'Fedora, Red Hat Enterprise Linux, Amazon Linux 2023 and similar systems';
const TOOLS = [APT_FTPARCHIVE, ARCH_TEST, CREATEREPO, DNF, GPG, GPGCONF, MMDEBSTRAP, RPM, RPMBUILD];
const OLD = '1.2.999.0';
const NEW = '1.3.0.0';
/** With curl, which the published commands use. */
const CONTENT: RootContent = { suite: 'bookworm', packages: ['curl'] };

/** Answers all questions of dnf with no. */
const REFUSE = '--assumeno';

type Dnf = (...args: readonly string[]) => Promise<CommandResult>;

/** A user's system, repositories, and the publisher's key. */
interface Setting {
  readonly root: SystemRoot;
  readonly dnf: Dnf;
  readonly repositories: PublishedRepositories;
  readonly key: TestKey;
  readonly makeKey: (owner: string) => TestKey;
}

/** @returns undefined when the test is skipped */
async function createSetting(t: TestContext): Promise<Setting | undefined> {
  if (!(await canInstall(t, TOOLS, 'amd64', CONTENT))) return undefined;
  const root = await freshRoot(t, 'amd64', CONTENT);
  addSudo(root);
  mkdirSync(root.path('/etc/yum.repos.d'));
  rpm(root, '--install', buildBasePackage(t));
  const makeKey = useKeyRing(t);
  return {
    root,
    dnf: dnfOn(t, root),
    repositories: await publishedRepositories(t),
    key: makeKey('Publisher <publisher@example.com>'),
    makeKey,
  };
}

/** Runs dnf of this machine on the system, and agrees to everything, unless {@link REFUSE} is an argument. */
function dnfOn(t: TestContext, root: SystemRoot): Dnf {
  const home = temporaryDirectory(t);
  // The rpm of Debian has its database in the home directory.
  writeFileSync(join(home, '.rpmmacros'), '%_dbpath /var/lib/rpm\n');
  const options = [
    ...[`--installroot=${root.directory}`, '--releasever=8'],
    // As dnf.conf of Fedora has it; that of Debian lets dnf go on with an earlier index.
    '--setopt=skip_if_unavailable=False',
  ];
  return (...args) => {
    const answer = args.includes(REFUSE) ? [] : ['--assumeyes'];
    return runCommand(['dnf', ...options, ...answer, ...args], home);
  };
}

async function succeed(running: Promise<CommandResult>): Promise<void> {
  const { status, stdout, stderr } = await running;
  assert.equal(status, 0, stdout + stderr);
}

/** @returns the messages of a command that fails */
async function refusal(running: Promise<CommandResult>): Promise<string> {
  const { status, stdout, stderr } = await running;
  assert.notEqual(status, 0, stdout);
  return stderr;
}

/** Follows a block of the published page; the system has no dnf of its own. */
async function follow({ root, dnf }: Setting, commands: string): Promise<void> {
  for (const line of commands.trim().split('\n')) {
    const [, args] = /^sudo dnf (.*)$/.exec(line) ?? [];
    if (args !== undefined) await succeed(dnf(...args.split(' ')));
    else await succeed(runScript(root, line));
  }
}

async function install(setting: Setting): Promise<void> {
  const [commands = ''] = commandsOf(setting.repositories.directory(), SECTION);
  await follow(setting, commands);
}

/** Our package, signed. @returns the file */
function signedPackage(t: TestContext, version: string, key: TestKey): string {
  const file = buildSmallPackage(t, RPM_FORMAT, version);
  signRpm(file, key.signing);
  return file;
}

describe('the repository for dnf', whenInputsChanged('repositories'), () => {
  it('installs the release with the published commands, and goes with them', async (t) => {
    if (!requireTargets(t, 'linux-x64')) return;
    const setting = await createSetting(t);
    if (setting === undefined) return;
    const { root, repositories, key } = setting;
    const file = join(temporaryDirectory(t), 'signed.rpm');
    copyFileSync(packagePath(PACKAGE), file);
    signRpm(file, key.signing);
    repositories.publish([file], key);
    const before = listFiles(root.path('/usr/local'));
    await install(setting);
    assert.equal(RPM_FORMAT.installed(root), `${VERSION}-1`);
    await assertProgramWorks(t, root);

    const [, removal = ''] = commandsOf(repositories.directory(), SECTION);
    await follow(setting, removal);
    assertProgramRemoved(root);
    assert.deepEqual(changes(before, listFiles(root.path('/usr/local'))), []);
    assert.ok(!existsSync(root.path(`/etc/yum.repos.d/${NAME}.repo`)));
  });

  it('upgrades to the next release, and keeps the one before installable', async (t) => {
    const setting = await createSetting(t);
    if (setting === undefined) return;
    const { root, dnf, repositories, key } = setting;
    repositories.publish([signedPackage(t, OLD, key)], key);
    await install(setting);
    assert.equal(RPM_FORMAT.installed(root), `${OLD}-1`);

    repositories.publish([signedPackage(t, NEW, key)], key);
    await succeed(dnf('upgrade', '--refresh'));
    assert.equal(RPM_FORMAT.installed(root), `${NEW}-1`);

    await succeed(dnf('downgrade', NAME));
    assert.equal(RPM_FORMAT.installed(root), `${OLD}-1`);
  });

  it('refuses an index, a package or a key that is not the published one', async (t) => {
    const setting = await createSetting(t);
    if (setting === undefined) return;
    const { root, dnf, repositories, key, makeKey } = setting;
    repositories.publish([signedPackage(t, OLD, key)], key);
    await install(setting);
    const upgrade = ['upgrade', '--refresh', NAME];
    const next = signedPackage(t, NEW, key);

    repositories.publish([next], key);
    repositories.damage('dnf/x86_64/repodata/repomd.xml');
    assert.match(await refusal(dnf('makecache', '--refresh')), /Bad GPG signature/);

    repositories.publish([], key);
    repositories.damage(`dnf/x86_64/${NAME}-${NEW}-1.x86_64.rpm`);
    assert.match(await refusal(dnf(...upgrade)), /Error downloading packages/);

    repositories.replace([buildSmallPackage(t, RPM_FORMAT, NEW)], key);
    assert.match(await refusal(dnf(...upgrade)), /is not signed/);

    repositories.replace([next], makeKey('Intruder <intruder@example.com>'));
    // A user who agrees to everything would take the intruder's key.
    const error = await refusal(dnf('makecache', '--refresh', REFUSE));
    assert.match(error, /Bad GPG signature/);
    assert.equal(RPM_FORMAT.installed(root), `${OLD}-1`);
  });

  it('accepts only the key that the user has compared, also if dnf may assume yes', async (t) => {
    const setting = await createSetting(t);
    if (setting === undefined) return;
    const { root, dnf, repositories, key, makeKey } = setting;
    const intruder = makeKey('Intruder <intruder@example.com>');
    const forged = signedPackage(t, NEW, intruder);
    repositories.publish([signedPackage(t, OLD, key)], key);
    const [commands = '', , keyCommands = ''] = commandsOf(repositories.directory(), SECTION);
    const [addRepository = '', installProgram = ''] = commands.split('\n');
    await follow(setting, addRepository);
    mkdirSync(root.path('/etc/pki/rpm-gpg'), { recursive: true });
    // The system has no gpg to show the key to a person.
    await follow(setting, keyCommands.replace(/^gpg .*\n/m, ''));
    const repository = root.path(`/etc/yum.repos.d/${NAME}.repo`);
    const pinned = readFileSync(repository, 'utf8');
    assert.match(pinned, /^gpgkey=file:\/\/\/etc\/pki\/rpm-gpg\/session-manager-plugin\.asc$/m);
    // dnf of this machine looks for the file here.
    writeFileSync(repository, pinned.replace('file://', `file://${root.directory}`));

    repositories.replace([forged], intruder);
    assert.match(await refusal(dnf('install', NAME)), /Bad GPG signature/);

    repositories.replace([signedPackage(t, OLD, key)], key);
    await follow(setting, installProgram);
    repositories.replace([forged], key);
    assert.match(await refusal(dnf('upgrade', '--refresh', NAME)), /GPG check FAILED/);
    repositories.replace([forged], intruder);
    assert.match(await refusal(dnf('upgrade', '--refresh', NAME)), /Bad GPG signature/);
    assert.equal(RPM_FORMAT.installed(root), `${OLD}-1`);
  });
});
