import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { INSTALL_DIRECTORY } from '../../../build/install-directory.ts';
import { PROGRAM_LINK } from '../../../packaging/release.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { canInstall } from '../support/require-system.ts';
import { freshRoot, type SystemRoot } from '../support/system-root.ts';
import { FORMATS } from './formats.ts';
import { assertOnlyOfficial, assertOnlyOurs, leftByOfficial, WANTED } from './one-package.ts';
import type { PackageFormat } from './package-format.ts';
import { buildSmallPackage } from './small-package.ts';

const OURS = '1.3.0.0';
const OLDER = '1.2.463.0';
const NEWER = '1.4.1.0';
const CONFIGURATION = `${INSTALL_DIRECTORY}/seelog.xml`;

interface ChangeOver {
  readonly root: SystemRoot;
  readonly ours: string;
  readonly official: string;
}

async function prepare(
  t: TestContext,
  format: PackageFormat,
  official: string,
): Promise<ChangeOver> {
  return {
    root: await freshRoot(t, 'amd64'),
    ours: buildSmallPackage(t, format, OURS),
    official: format.official.build(t, official),
  };
}

for (const format of FORMATS) {
  describe(`from AWS's .${format.name} package`, () => {
    for (const [name, version] of [
      ['an upgrade', OLDER],
      ['a downgrade', NEWER],
    ] as const) {
      it(`${version}, ${name}: nothing of it is left`, async (t) => {
        if (!(await canInstall(t, format.installingTools))) return;
        const { root, ours, official } = await prepare(t, format, version);
        const before = listFiles(root.directory);
        const left = leftByOfficial(format, before);
        format.install(root, ours);
        const alone = listFiles(root.directory);
        format.purge(root);
        assert.deepEqual(changes(before, listFiles(root.directory)), []);

        format.install(root, official);
        assertOnlyOfficial(format, root, version);
        assert.equal(format.problems(format.install(root, ours)), '');
        assertOnlyOurs(format, root, OURS);
        assert.deepEqual(changes(alone, listFiles(root.directory)), left);
        format.purge(root);
        assert.deepEqual(changes(before, listFiles(root.directory)), left);
      });
    }

    it('takes the service away that was enabled', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const { root, ours, official } = await prepare(t, format, OLDER);
      format.install(root, official);
      mkdirSync(dirname(root.path(WANTED)), { recursive: true });
      symlinkSync(format.official.services[1], root.path(WANTED));
      format.install(root, ours);
      assertOnlyOurs(format, root, OURS);
      assert.throws(() => readlinkSync(root.path(WANTED)), { code: 'ENOENT' });
    });

    it('keeps what the user wrote', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const { root, ours, official } = await prepare(t, format, OLDER);
      const [service] = format.official.services;
      format.install(root, official);
      writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');
      appendFileSync(root.path(service), '# mine\n');
      format.install(root, ours);
      assertOnlyOurs(format, root, OURS);
      assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');
      const kept = readFileSync(root.path(`${service}${format.official.keptAs}`), 'utf8');
      assert.match(kept, /# mine\n$/);
    });
  });

  describe(`back to AWS's .${format.name} package`, () => {
    for (const [name, version] of [
      ['a downgrade', OLDER],
      ['an upgrade', NEWER],
    ] as const) {
      it(`${version}, ${name}: nothing of ours is left but what the user wrote`, async (t) => {
        if (!(await canInstall(t, format.installingTools))) return;
        const { root, ours, official } = await prepare(t, format, version);
        format.install(root, official);
        const alone = listFiles(root.directory);
        format.purge(root);

        format.install(root, ours);
        writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');
        // Its own script for rpm would report an error for an existing link.
        assert.equal(format.problems(format.install(root, official)), '');
        assertOnlyOfficial(format, root, version);
        assert.deepEqual(changes(alone, listFiles(root.directory)), [`+ ${CONFIGURATION}`]);
        assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');
      });
    }

    it('and forth again works', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const { root, ours, official } = await prepare(t, format, OLDER);
      for (const file of [official, ours, official, ours]) format.install(root, file);
      assertOnlyOurs(format, root, OURS);
      assert.equal(
        readlinkSync(root.path(PROGRAM_LINK)),
        `${INSTALL_DIRECTORY}/bin/session-manager-plugin`,
      );
    });
  });
}
