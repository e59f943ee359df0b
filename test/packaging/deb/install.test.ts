import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { assertProgramGone, assertProgramWorks, VERSION } from '../support/installed-program.ts';
import { packagePath } from '../support/packages.ts';
import { canInstall } from '../support/require-system.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import { freshRoot } from '../support/system-root.ts';
import { buildSmallDeb, dpkg, install, INSTALL_TOOLS, packageState } from './dpkg.ts';
import { buildOfficialDeb } from './official-package.ts';

const NAME = 'session-manager-plugin';
const INSTALLED = '/usr/local/sessionmanagerplugin';

/** Architectures with the directory of their package. */
const PACKAGES: readonly (readonly [DebArchitecture, string])[] = [
  ['amd64', 'ubuntu_64bit'],
  ['i386', 'ubuntu_32bit'],
  ['arm64', 'ubuntu_arm64'],
];

for (const [architecture, directory] of PACKAGES) {
  describe(`the package for ${architecture} in a fresh minimal system`, () => {
    const file = `${directory}/${NAME}.deb`;

    it('is installed by dpkg alone, works, and leaves nothing when it is removed', async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const root = await freshRoot(t, architecture);
      const before = listFiles(root.directory);

      assert.equal(install(root, packagePath(file)).stderr, '');
      assert.equal(packageState(root), `ii ${VERSION}-1`);
      assert.equal(dpkg(root, '--verify', NAME).stdout, '');
      await assertProgramWorks(t, root);

      dpkg(root, '-r', NAME);
      assertProgramGone(root);
      assert.deepEqual(changes(before, listFiles(root.directory)), []);
      dpkg(root, '-P', NAME);
      assert.equal(packageState(root), '');
    });

    it('installs exactly what is documented', async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const root = await freshRoot(t, architecture);
      const before = listFiles(root.directory);
      install(root, packagePath(file));
      const installed = changes(before, listFiles(root.directory)).filter(
        // The libraries of the 32-bit program are its own affair.
        (line) => architecture !== 'i386' || !line.startsWith(`+ ${INSTALLED}/lib`),
      );
      const documented = [
        '/usr/local/bin/session-manager-plugin',
        ...[INSTALLED, `${INSTALLED}/bin`, `${INSTALLED}/bin/session-manager-plugin`],
        ...DOCUMENTS.map((name) => `${INSTALLED}/${name}`),
      ];
      assert.deepEqual(
        installed,
        documented.sort().map((path) => `+ ${path}`),
      );
    });

    it("takes the place of another version of itself, and of AWS's package", async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const root = await freshRoot(t, architecture);
      const before = listFiles(root.directory);
      for (const other of [
        buildOfficialDeb(t, '1.2.463.0', architecture),
        buildSmallDeb(t, '1.2.999.0', architecture),
        buildSmallDeb(t, '9.0.0.0', architecture),
      ]) {
        install(root, other);
        install(root, packagePath(file));
        assert.equal(packageState(root), `ii ${VERSION}-1`);
        assert.equal(root.run([NAME, '--version']).stdout, `${VERSION}\n`);
      }
      dpkg(root, '-P', NAME);
      assertProgramGone(root);
      assert.deepEqual(changes(before, listFiles(root.directory)), []);
    });
  });
}
