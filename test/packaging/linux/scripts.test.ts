import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, it } from 'node:test';
import { INSTALL_DIRECTORY } from '../../../build/install-directory.ts';
import { PROGRAM_LINK } from '../../../packaging/release.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { canInstall } from '../support/require-system.ts';
import { freshRoot } from '../support/system-root.ts';
import { FORMATS } from './formats.ts';
import { buildSmallPackage } from './small-package.ts';

const VERSION = '1.3.0.0';
const NAME = 'session-manager-plugin';
const PROGRAM = `${INSTALL_DIRECTORY}/bin/${NAME}`;
const CONFIGURATION = `${INSTALL_DIRECTORY}/seelog.xml`;
const LOGS = `${INSTALL_DIRECTORY}/logs`;
const OWN_LOGS = ['session-manager-plugin.log', 'session-manager-plugin.log.1', 'errors.log'];

for (const format of FORMATS) {
  describe(`the link on PATH of a .${format.name} package`, () => {
    it('is made even where its directory is missing, and is not part of the package', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const root = await freshRoot(t, 'amd64');
      rmSync(root.path('/usr/local/bin'), { recursive: true });
      format.install(root, buildSmallPackage(t, format, VERSION));
      assert.equal(readlinkSync(root.path(PROGRAM_LINK)), PROGRAM);
      assert.equal(root.run([NAME]).stdout, `${VERSION}\n`);
      assert.doesNotMatch(format.files(root), /\/usr\/local\/bin/);
    });

    it('is there after the package was installed again, and made again if it was not', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const root = await freshRoot(t, 'amd64');
      const file = buildSmallPackage(t, format, VERSION);
      format.install(root, file);
      format.reinstall(root, file);
      assert.equal(readlinkSync(root.path(PROGRAM_LINK)), PROGRAM);
      rmSync(root.path(PROGRAM_LINK));
      format.reinstall(root, file);
      assert.equal(readlinkSync(root.path(PROGRAM_LINK)), PROGRAM);
    });

    it('is never put in the place of a file that is there', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const root = await freshRoot(t, 'amd64');
      writeFileSync(root.path(PROGRAM_LINK), '#!/bin/sh\necho mine\n', { mode: 0o755 });
      const before = listFiles(root.directory);
      const { stderr } = format.install(root, buildSmallPackage(t, format, VERSION));
      assert.match(stderr, new RegExp(`^${NAME}: ${PROGRAM_LINK} is not of this package`, 'm'));
      assert.equal(format.installed(root), `${VERSION}-1`);
      assert.equal(root.run([NAME]).stdout, 'mine\n');
      format.purge(root);
      assert.deepEqual(changes(before, listFiles(root.directory)), []);
    });

    it('is never put in the place of a link that leads elsewhere, or nowhere', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const root = await freshRoot(t, 'amd64');
      const file = buildSmallPackage(t, format, VERSION);
      for (const target of ['/bin/true', '/opt/nowhere']) {
        symlinkSync(target, root.path(PROGRAM_LINK));
        const { stderr } = format.install(root, file);
        assert.match(stderr, /is not of this package and stays as it is/);
        format.purge(root);
        assert.equal(readlinkSync(root.path(PROGRAM_LINK)), target);
        rmSync(root.path(PROGRAM_LINK));
      }
    });
  });

  describe(`the log of a .${format.name} package`, () => {
    it('goes with the package; its configuration stays', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const root = await freshRoot(t, 'amd64');
      const before = listFiles(root.directory);
      format.install(root, buildSmallPackage(t, format, VERSION));
      mkdirSync(root.path(LOGS));
      for (const name of OWN_LOGS) writeFileSync(root.path(`${LOGS}/${name}`), 'entry\n');
      writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');

      format.install(root, buildSmallPackage(t, format, '1.3.0.1'));
      for (const name of OWN_LOGS) assert.ok(existsSync(root.path(`${LOGS}/${name}`)), name);
      assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');

      format.remove(root);
      assert.deepEqual(changes(before, listFiles(root.directory)), [
        `+ ${INSTALL_DIRECTORY}`,
        `+ ${CONFIGURATION}`,
      ]);
      assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');
    });

    it('stays where it is not known, or reached by a link', async (t) => {
      if (!(await canInstall(t, format.installingTools))) return;
      const root = await freshRoot(t, 'amd64');
      format.install(root, buildSmallPackage(t, format, VERSION));
      mkdirSync(root.path('/srv/logs'));
      writeFileSync(root.path('/srv/logs/errors.log'), "somebody else's\n");
      symlinkSync('/srv/logs', root.path(LOGS));
      writeFileSync(root.path(`${INSTALL_DIRECTORY}/mine`), '');
      format.purge(root);
      assert.ok(existsSync(root.path('/srv/logs/errors.log')));
      assert.ok(existsSync(root.path(`${INSTALL_DIRECTORY}/mine`)));
    });
  });
}
