import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { dirname, join } from 'node:path';
import { ATOMIC_LIBRARY } from '../../../build/binary/shipped-libraries.ts';
import { BUILD_RECORD } from '../../../build/bundle/build-record.ts';
import { guidesOf } from '../../../packaging/installed-tree.ts';
import { SHARED_FILES } from '../../../packaging/system/shared-files.ts';
import { VERSION } from '../../support/product.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { assertProgramRemoved, assertProgramWorks } from '../support/installed-program.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { canInstall } from '../support/require-system.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import { parentsOf, SYSTEM_PATHS } from '../support/system-paths.ts';
import { freshRoot } from '../support/system-root.ts';
import { FORMATS } from './formats.ts';
import { leftByOfficial } from './one-package.ts';
import { buildSmallPackage } from './small-package.ts';

const NAME = 'session-manager-plugin';
const INSTALLED = '/usr/local/sessionmanagerplugin';
/** Every distribution has it, in a package of the base system; the minimal root lacks it. */
const MANUALS = '/usr/share/man/man1';
/** What the runtime needs and a minimal system lacks. */
const LIBRARY = `${INSTALLED}/lib/${ATOMIC_LIBRARY}`;
const SHARED = Object.values(SHARED_FILES).map((path) => `${INSTALLED}/${path}`);

const GUIDES = guidesOf(join(import.meta.dirname, '..', '..', '..'));

const PUBLISHED = FORMATS.flatMap((format) =>
  format.published.map((published) => ({ format, ...published })),
);

for (const { format, architecture, file } of PUBLISHED) {
  describe(`${file} in a fresh minimal system`, () => {
    it('is installed alone, works, is in order, and leaves nothing when it is removed', async (t) => {
      if (!requirePackages(t, file)) return;
      if (!(await canInstall(t, format.installingTools, architecture))) return;
      const root = await freshRoot(t, architecture);
      mkdirSync(root.path(MANUALS), { recursive: true });
      const before = listFiles(root.directory);
      assert.ok(![...before.keys()].some((path) => path.endsWith(ATOMIC_LIBRARY)));

      assert.equal(format.install(root, packagePath(file)).stderr, '');
      assert.equal(format.installed(root), `${VERSION}-1`);
      assert.equal(format.verify(root), '');
      await assertProgramWorks(t, root);

      assert.equal(format.problems(format.remove(root)), '');
      assertProgramRemoved(root);
      assert.deepEqual(changes(before, listFiles(root.directory)), []);
      format.purge(root);
      assert.equal(format.installed(root), '');
    });

    it('installs exactly what is documented', async (t) => {
      if (!requirePackages(t, file)) return;
      if (!(await canInstall(t, format.installingTools, architecture))) return;
      const root = await freshRoot(t, architecture);
      mkdirSync(root.path(MANUALS), { recursive: true });
      const before = listFiles(root.directory);
      format.install(root, packagePath(file));
      const installed = changes(before, listFiles(root.directory)).filter(
        // The libraries of the 32-bit program are its own affair.
        (line) => architecture !== 'i386' || !line.startsWith(`+ ${INSTALLED}/lib`),
      );
      const documented = [
        '/usr/local/bin/session-manager-plugin',
        ...[INSTALLED, `${INSTALLED}/bin`, `${INSTALLED}/bin/session-manager-plugin`],
        ...(architecture === 'i386' ? [] : [`${INSTALLED}/lib`, LIBRARY]),
        ...[...DOCUMENTS, BUILD_RECORD].map((name) => `${INSTALLED}/${name}`),
        ...[...new Set(GUIDES.map((path) => dirname(path))), ...GUIDES].map(
          (path) => `${INSTALLED}/${path}`,
        ),
        ...SHARED.flatMap((path) => [path, ...parentsOf([path])]),
        ...SYSTEM_PATHS[format.name].flatMap((path) => [path, ...parentsOf([path])]),
      ];
      assert.deepEqual(
        installed,
        [...new Set(documented)]
          .filter((path) => !before.has(path))
          .sort()
          .map((path) => `+ ${path}`),
      );
    });

    it("takes the place of another version of itself, and of AWS's package", async (t) => {
      if (!requirePackages(t, file)) return;
      if (!(await canInstall(t, format.installingTools, architecture))) return;
      const root = await freshRoot(t, architecture);
      mkdirSync(root.path(MANUALS), { recursive: true });
      const before = listFiles(root.directory);
      for (const other of [
        format.official.build(t, '1.2.463.0', architecture),
        buildSmallPackage(t, format, '1.2.999.0', architecture),
        buildSmallPackage(t, format, '9.0.0.0', architecture),
      ]) {
        format.install(root, other);
        format.install(root, packagePath(file));
        assert.equal(format.installed(root), `${VERSION}-1`);
        assert.equal(root.run([NAME, '--version']).stdout, `${VERSION}\n`);
        const facts = root.run([NAME, '--version', '--verbose']).stdout;
        assert.match(facts, new RegExp(`^install  ${format.name} package$`, 'm'));
      }
      format.purge(root);
      assertProgramRemoved(root);
      const left = leftByOfficial(format, before);
      assert.deepEqual(changes(before, listFiles(root.directory)), left);
    });
  });
}
