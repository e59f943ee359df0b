import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { INSTALL_DIRECTORY } from '../../../build/install-directory.ts';
import { PROGRAM_LINK } from '../../../packaging/release.ts';
import { assertOnlyOurs } from '../linux/one-package.ts';
import { buildSmallPackage } from '../linux/small-package.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { canInstall } from '../support/require-system.ts';
import { freshRoot } from '../support/system-root.ts';
import { DEB_FORMAT } from './deb-format.ts';
import { packageState } from './dpkg.ts';

const { installingTools, official } = DEB_FORMAT;
const VERSION = '1.3.0.0';
const OFFICIAL_VERSION = '1.2.463.0';
const NAME = 'session-manager-plugin';
const CONFIGURATION = `${INSTALL_DIRECTORY}/seelog.xml`;
const LOGS = `${INSTALL_DIRECTORY}/logs`;

// dpkg removes in two steps: what the user may have changed stays until the purge.

describe('a purge after a removal', () => {
  it('takes the configuration of the log, and all that dpkg knows', async (t) => {
    if (!(await canInstall(t, installingTools))) return;
    const root = await freshRoot(t, 'amd64');
    const before = listFiles(root.directory);
    DEB_FORMAT.install(root, buildSmallPackage(t, DEB_FORMAT, VERSION));
    mkdirSync(root.path(LOGS));
    writeFileSync(root.path(`${LOGS}/errors.log`), 'entry\n');
    writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');
    DEB_FORMAT.remove(root);
    assert.ok(existsSync(root.path(CONFIGURATION)));
    DEB_FORMAT.purge(root);
    assert.deepEqual(changes(before, listFiles(root.directory)), []);
    assert.equal(packageState(root), '');
  });
});

describe('a purge without a removal before it', () => {
  it("takes what the user wrote into AWS's package, too", async (t) => {
    if (!(await canInstall(t, installingTools))) return;
    const root = await freshRoot(t, 'amd64');
    const before = listFiles(root.directory);
    const [service] = official.services;
    DEB_FORMAT.install(root, official.build(t, OFFICIAL_VERSION));
    writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');
    appendFileSync(root.path(service), '# mine\n');
    DEB_FORMAT.install(root, buildSmallPackage(t, DEB_FORMAT, VERSION));
    assert.ok(existsSync(root.path(`${service}${official.keptAs}`)));
    DEB_FORMAT.purge(root);
    assert.deepEqual(changes(before, listFiles(root.directory)), []);
  });
});

describe("AWS's package that was removed but not purged", () => {
  it('gives way to ours, and nothing of it is left', async (t) => {
    if (!(await canInstall(t, installingTools))) return;
    const root = await freshRoot(t, 'amd64');
    const before = listFiles(root.directory);
    DEB_FORMAT.install(root, official.build(t, OFFICIAL_VERSION));
    DEB_FORMAT.remove(root);
    DEB_FORMAT.install(root, buildSmallPackage(t, DEB_FORMAT, VERSION));
    assertOnlyOurs(DEB_FORMAT, root, VERSION);
    DEB_FORMAT.purge(root);
    assert.deepEqual(changes(before, listFiles(root.directory)), []);
  });
});

describe('a removal that fails', () => {
  it('gives the link back', async (t) => {
    if (!(await canInstall(t, installingTools))) return;
    const root = await freshRoot(t, 'amd64');
    DEB_FORMAT.install(root, buildSmallPackage(t, DEB_FORMAT, VERSION));
    // As dpkg runs it after the first part of a removal, when a second one cannot go on.
    const scripts = `/var/lib/dpkg/info/${NAME}`;
    assert.equal(root.run([`${scripts}.prerm`, 'remove']).status, 0);
    assert.ok(!existsSync(root.path(PROGRAM_LINK)));
    const dpkgSets = ['env', `DPKG_MAINTSCRIPT_PACKAGE=${NAME}`, 'DPKG_MAINTSCRIPT_NAME=postinst'];
    assert.equal(root.run([...dpkgSets, `${scripts}.postinst`, 'abort-remove']).status, 0);
    assert.equal(readlinkSync(root.path(PROGRAM_LINK)), `${INSTALL_DIRECTORY}/bin/${NAME}`);
  });
});
