import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import type { RpmArchitecture } from '../../../packaging/rpm/spec.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { assertProgramGone, assertProgramWorks, VERSION } from '../support/installed-program.ts';
import { packagePath } from '../support/packages.ts';
import { canInstall } from '../support/require-system.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import { freshRoot } from '../support/system-root.ts';
import { buildOfficialRpm } from './official-package.ts';
import {
  buildSmallRpm,
  erase,
  install,
  INSTALL_TOOLS,
  installedVersions,
  rpm,
} from './rpm-tool.ts';

const NAME = 'session-manager-plugin';
const INSTALLED = '/usr/local/sessionmanagerplugin';

/** Architectures with the directory of their package, and the system it is installed into. */
const PACKAGES: readonly (readonly [RpmArchitecture, string, DebArchitecture])[] = [
  ['x86_64', 'linux_64bit', 'amd64'],
  ['i386', 'linux_32bit', 'i386'],
  ['aarch64', 'linux_arm64', 'arm64'],
];

for (const [architecture, directory, system] of PACKAGES) {
  describe(`the package for ${architecture} in a root and a database of its own`, () => {
    const file = `${directory}/${NAME}.rpm`;

    it('works, is verified, and leaves nothing when it is erased', async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const root = await freshRoot(t, system);
      const before = listFiles(root.directory);

      assert.equal(install(root, packagePath(file)).stderr, '');
      assert.equal(installedVersions(root), `${VERSION}-1\n`);
      assert.equal(rpm(root, '--verify', '--nodeps', NAME).stdout, '');
      await assertProgramWorks(t, root);

      assert.equal(erase(root).stderr, '');
      assertProgramGone(root);
      assert.deepEqual(changes(before, listFiles(root.directory)), []);
    });

    it('installs exactly what is documented', async (t) => {
      if (!canInstall(t, INSTALL_TOOLS)) return;
      const root = await freshRoot(t, system);
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
      const root = await freshRoot(t, system);
      for (const other of [
        buildOfficialRpm(t, '1.2.463.0', architecture),
        buildSmallRpm(t, '1.2.999.0', architecture),
        buildSmallRpm(t, '9.0.0.0', architecture),
      ]) {
        install(root, other);
        install(root, packagePath(file));
        assert.equal(installedVersions(root), `${VERSION}-1\n`);
        assert.equal(root.run([NAME, '--version']).stdout, `${VERSION}\n`);
      }
      erase(root);
      assertProgramGone(root);
    });
  });
}
