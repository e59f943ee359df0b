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
import { INSTALL_DIRECTORY, PROGRAM_LINK } from '../../../packaging/release.ts';
import { changes, listFiles } from '../support/file-list.ts';
import { canInstall } from '../support/require-system.ts';
import { freshRoot } from '../support/system-root.ts';
import { buildSmallDeb, dpkg, install, INSTALL_TOOLS, packageState } from './dpkg.ts';

const VERSION = '1.3.0.0';
const NAME = 'session-manager-plugin';
const PROGRAM = `${INSTALL_DIRECTORY}/bin/${NAME}`;
const CONFIGURATION = `${INSTALL_DIRECTORY}/seelog.xml`;
const LOGS = `${INSTALL_DIRECTORY}/logs`;
const OWN_LOGS = ['session-manager-plugin.log', 'session-manager-plugin.log.1', 'errors.log'];

describe('the link on PATH', () => {
  it('is made even where its directory is missing', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    rmSync(root.path('/usr/local/bin'), { recursive: true });
    install(root, buildSmallDeb(t, VERSION));
    assert.equal(readlinkSync(root.path(PROGRAM_LINK)), PROGRAM);
    assert.equal(root.run([NAME]).stdout, `${VERSION}\n`);
  });

  it('is made again when the package is installed again', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    const file = buildSmallDeb(t, VERSION);
    install(root, file);
    rmSync(root.path(PROGRAM_LINK));
    install(root, file);
    assert.equal(readlinkSync(root.path(PROGRAM_LINK)), PROGRAM);
  });

  it('is never put in the place of a file that is there', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    writeFileSync(root.path(PROGRAM_LINK), '#!/bin/sh\necho mine\n', { mode: 0o755 });
    const before = listFiles(root.directory);
    const { stderr } = install(root, buildSmallDeb(t, VERSION));
    assert.match(stderr, new RegExp(`^${NAME}: ${PROGRAM_LINK} is not of this package`, 'm'));
    assert.equal(packageState(root), `ii ${VERSION}-1`);
    assert.equal(root.run([NAME]).stdout, 'mine\n');
    dpkg(root, '-P', NAME);
    assert.deepEqual(changes(before, listFiles(root.directory)), []);
  });

  it('is never put in the place of a link that leads elsewhere, or nowhere', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    const file = buildSmallDeb(t, VERSION);
    for (const target of ['/bin/true', '/opt/nowhere']) {
      symlinkSync(target, root.path(PROGRAM_LINK));
      const { stderr } = install(root, file);
      assert.match(stderr, /is not of this package and stays as it is/);
      dpkg(root, '-P', NAME);
      assert.equal(readlinkSync(root.path(PROGRAM_LINK)), target);
      rmSync(root.path(PROGRAM_LINK));
    }
  });
});

describe('the log', () => {
  it('goes with the package, its configuration when it is purged', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    const before = listFiles(root.directory);
    install(root, buildSmallDeb(t, VERSION));
    mkdirSync(root.path(LOGS));
    for (const name of OWN_LOGS) writeFileSync(root.path(`${LOGS}/${name}`), 'entry\n');
    writeFileSync(root.path(CONFIGURATION), '<seelog/>\n');

    install(root, buildSmallDeb(t, '1.3.0.1'));
    for (const name of OWN_LOGS) assert.ok(existsSync(root.path(`${LOGS}/${name}`)), name);
    assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');

    dpkg(root, '-r', NAME);
    assert.deepEqual(changes(before, listFiles(root.directory)), [
      `+ ${INSTALL_DIRECTORY}`,
      `+ ${CONFIGURATION}`,
    ]);
    assert.equal(readFileSync(root.path(CONFIGURATION), 'utf8'), '<seelog/>\n');

    dpkg(root, '-P', NAME);
    assert.deepEqual(changes(before, listFiles(root.directory)), []);
    assert.equal(packageState(root), '');
  });

  it('stays where it is not known, or behind a link', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    install(root, buildSmallDeb(t, VERSION));
    mkdirSync(root.path('/srv/logs'));
    writeFileSync(root.path('/srv/logs/errors.log'), "somebody else's\n");
    symlinkSync('/srv/logs', root.path(LOGS));
    writeFileSync(root.path(`${INSTALL_DIRECTORY}/mine`), '');
    dpkg(root, '-P', NAME);
    assert.ok(existsSync(root.path('/srv/logs/errors.log')));
    assert.ok(existsSync(root.path(`${INSTALL_DIRECTORY}/mine`)));
  });
});

describe('a removal that fails', () => {
  it('gives the link back', async (t) => {
    if (!canInstall(t, INSTALL_TOOLS)) return;
    const root = await freshRoot(t, 'amd64');
    install(root, buildSmallDeb(t, VERSION));
    // As dpkg runs it after the first part of a removal, when a second one cannot go on.
    const scripts = `/var/lib/dpkg/info/${NAME}`;
    assert.equal(root.run([`${scripts}.prerm`, 'remove']).status, 0);
    assert.ok(!existsSync(root.path(PROGRAM_LINK)));
    const dpkgSets = ['env', `DPKG_MAINTSCRIPT_PACKAGE=${NAME}`, 'DPKG_MAINTSCRIPT_NAME=postinst'];
    assert.equal(root.run([...dpkgSets, `${scripts}.postinst`, 'abort-remove']).status, 0);
    assert.equal(readlinkSync(root.path(PROGRAM_LINK)), PROGRAM);
  });
});
