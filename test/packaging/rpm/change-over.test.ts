import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { INSTALL_DIRECTORY, PROGRAM_LINK } from '../../../packaging/release.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { canInstall } from '../support/require-system.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import { freshRoot, type SystemRoot } from '../support/system-root.ts';
import { buildOfficialRpm, OFFICIAL_SERVICES } from './official-package.ts';
import { buildSmallRpm, erase, install, INSTALL_TOOLS, installedVersions } from './rpm-tool.ts';

const OURS = '1.3.0.0';
const OLDER = '1.2.463.0';
const NEWER = '1.4.1.0';
const CONFIGURATION = `${INSTALL_DIRECTORY}/seelog.xml`;
const WANTED = '/etc/systemd/system/multi-user.target.wants/session-manager-plugin.service';
/** Directories that no package of a system without systemd owns. They are AWS's package's to leave. */
const LEFT_BY_OFFICIAL = ['/etc/init', '/var/lib/amazon'];

interface ChangeOver {
  readonly root: SystemRoot;
  readonly ours: string;
  readonly official: string;
}

async function prepare(t: TestContext, official: string): Promise<ChangeOver> {
  const root = await freshRoot(t, 'amd64');
  return { root, ours: buildSmallRpm(t, OURS), official: buildOfficialRpm(t, official) };
}

/** What runs when a user types the program's name. */
function programSays(root: SystemRoot): string {
  return root.run(['session-manager-plugin']).stdout;
}

function assertOnlyOurs(root: SystemRoot): void {
  assert.equal(installedVersions(root), `${OURS}-1\n`);
  assert.equal(programSays(root), `${OURS}\n`);
  for (const name of DOCUMENTS) {
    const file = root.path(`${INSTALL_DIRECTORY}/${name}`);
    assert.equal(readFileSync(file, 'utf8'), `${name} of ${OURS}\n`);
  }
  for (const path of [...OFFICIAL_SERVICES, WANTED]) assert.ok(!existsSync(root.path(path)), path);
}

function assertOnlyOfficial(root: SystemRoot, version: string): void {
  assert.equal(installedVersions(root), `${version}-1\n`);
  assert.equal(programSays(root), `AWS's ${version}\n`);
  for (const name of DOCUMENTS) {
    const file = root.path(`${INSTALL_DIRECTORY}/${name}`);
    assert.equal(readFileSync(file, 'utf8'), `${name} of AWS's ${version}\n`);
  }
}

describe("from AWS's package", () => {
  for (const [name, version] of [
    ['an upgrade', OLDER],
    ['a downgrade', NEWER],
  ] as const) {
    it(`${version}, ${name}: nothing of it is left`, async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const { root, ours, official } = await prepare(t, version);
      const before = listFiles(root.directory);
      install(root, official);
      assertOnlyOfficial(root, version);
      assert.equal(install(root, ours).stderr, '');
      assertOnlyOurs(root);
      erase(root);
      const left = changes(before, listFiles(root.directory));
      assert.deepEqual(
        left,
        LEFT_BY_OFFICIAL.map((path) => `+ ${path}`),
      );
    });
  }

  it('takes the service away that was enabled', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const { root, ours, official } = await prepare(t, OLDER);
    install(root, official);
    mkdirSync(dirname(root.path(WANTED)), { recursive: true });
    symlinkSync(OFFICIAL_SERVICES[1], root.path(WANTED));
    install(root, ours);
    assertOnlyOurs(root);
    assert.throws(() => readlinkSync(root.path(WANTED)), { code: 'ENOENT' });
  });

  it('keeps what the user wrote', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const { root, ours, official } = await prepare(t, OLDER);
    install(root, official);
    writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');
    appendFileSync(root.path(OFFICIAL_SERVICES[0]), '# mine\n');
    install(root, ours);
    assertOnlyOurs(root);
    assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');
    const kept = readFileSync(root.path(`${OFFICIAL_SERVICES[0]}.rpmsave`), 'utf8');
    assert.match(kept, /# mine\n$/);
  });
});

describe("back to AWS's package", () => {
  for (const [name, version] of [
    ['a downgrade', OLDER],
    ['an upgrade', NEWER],
  ] as const) {
    it(`${version}, ${name}: nothing of ours is left but what the user wrote`, async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const { root, ours, official } = await prepare(t, version);
      install(root, official);
      const alone = listFiles(root.directory);
      erase(root);

      install(root, ours);
      writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');
      // Its own script would complain about a link that is there.
      assert.equal(install(root, official).stderr, '');
      assertOnlyOfficial(root, version);
      assert.deepEqual(changes(alone, listFiles(root.directory)), [`+ ${CONFIGURATION}`]);
      assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');
    });
  }

  it('and forth again works', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const { root, ours, official } = await prepare(t, OLDER);
    for (const file of [official, ours, official, ours]) install(root, file);
    assertOnlyOurs(root);
    assert.equal(
      readlinkSync(root.path(PROGRAM_LINK)),
      `${INSTALL_DIRECTORY}/bin/session-manager-plugin`,
    );
  });
});
