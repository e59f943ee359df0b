import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { CURL, DASH, OPENSSL } from '../../support/tools.ts';
import {
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import {
  linkedVersion,
  newUser,
  replaceProgram,
  runScript,
  type User,
} from './support/run-install.ts';
import type { CompletedRun } from '../../program/support/piped-program.ts';

const TARGETS = ['linux-x64', 'linux-arm64', 'linux-x64-static', 'linux-arm64-static'];
const LINK = 'bin/session-manager-plugin';

/** Where the script puts the versions. */
function versionsOf({ home }: User): string {
  return join(home, '.local/lib/session-manager-plugin');
}

/** Lets mv fail for some places. @param places - a pattern of sh for the last argument of mv */
function refuseMove(user: User, places: string): void {
  const script = `for place; do :; done; case $place in ${places}) exit 1 ;; esac; exec /bin/mv "$@"`;
  replaceProgram(user, 'mv', script);
}

/** Ends the script as soon as mv has filled a place. @param place - a pattern of sh for the last argument of mv */
function endAfterMove(user: User, place: string): void {
  const script = `/bin/mv "$@"; for place; do :; done; case $place in ${place}) kill -TERM $PPID ;; esac`;
  replaceProgram(user, 'mv', script);
}

describe('what install.sh replaces', needs(OPENSSL, DASH, CURL), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  before(async () => {
    site = await startReleaseSite(scope);
    for (const version of ['1.2.0.0', '1.3.0.0'])
      await publishVersion(scope, site, version, TARGETS);
  });
  const install = (t: TestContext, user: User, version = '1.3.0.0'): Promise<CompletedRun> =>
    runScript(t, user, scriptOf(site, version));

  it('keeps every file that the user has put there, those with a dot before their name, too', async (t) => {
    const user = newUser(t, site);
    await install(t, user);
    const installed = join(versionsOf(user), '1.3.0.0');
    const files = ['plugin.log', '.hidden', '..hidden', "user's file"];
    for (const file of files) writeFileSync(join(installed, file), file);
    const { status, stderr } = await install(t, user);
    assert.deepEqual([status, stderr], [0, '']);
    for (const file of files) assert.equal(readFileSync(join(installed, file), 'utf8'), file);
    assert.deepEqual(readdirSync(versionsOf(user)), ['1.3.0.0']);
  });

  it('is restored if the new files cannot take its place', async (t) => {
    const user = newUser(t, site);
    await install(t, user);
    const installed = join(versionsOf(user), '1.3.0.0');
    writeFileSync(join(installed, 'seelog.xml'), '<seelog/>');
    const fails = 'case $1:$2 in */session-manager-plugin-1.3.0.0-*:*/1.3.0.0) exit 1 ;; esac';
    replaceProgram(user, 'mv', `${fails}; exec /bin/mv "$@"`);
    const { status, stderr } = await install(t, user);
    assert.deepEqual(
      [status, stderr],
      [1, `install.sh: ${installed} cannot be written. Nothing was changed.\n`],
    );
    assert.equal(readFileSync(join(installed, 'seelog.xml'), 'utf8'), '<seelog/>');
    assert.deepEqual(readdirSync(versionsOf(user)), ['1.3.0.0']);
  });

  it('is restored if the link cannot be changed: its files, those of the user, and the linked version', async (t) => {
    const user = newUser(t, site);
    await install(t, user, '1.2.0.0');
    const replaced = join(versionsOf(user), '1.2.0.0');
    for (const file of ['.hidden', 'damaged']) writeFileSync(join(replaced, file), file);
    writeFileSync(join(replaced, LINK), 'damaged');
    await install(t, user, '1.3.0.0');
    refuseMove(user, `*/.local/${LINK}`);
    const { status, stderr } = await install(t, user, '1.2.0.0');
    const link = join(user.home, '.local', LINK);
    assert.deepEqual(
      [status, stderr],
      [1, `install.sh: ${link} cannot be written. Nothing was changed.\n`],
    );
    assert.equal(linkedVersion(user), '1.3.0.0');
    assert.equal(readFileSync(join(replaced, LINK), 'utf8'), 'damaged');
    assert.ok(readdirSync(replaced).includes('.hidden'));
    assert.deepEqual(readdirSync(versionsOf(user)), ['1.2.0.0', '1.3.0.0']);
  });

  it('is not followed by a version without a link, if that cannot be created', async (t) => {
    const user = newUser(t, site);
    const local = join(user.home, '.local');
    mkdirSync(local);
    writeFileSync(join(local, 'bin'), '');
    const { status, stderr } = await install(t, user);
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(`${local}/${LINK} cannot be written. Nothing was changed.\n`),
      stderr,
    );
    assert.deepEqual(readdirSync(join(local, 'lib')), []);
  });

  it('is not lost if it cannot be restored: the script prints where it is', async (t) => {
    const user = newUser(t, site);
    await install(t, user);
    const installed = join(versionsOf(user), '1.3.0.0');
    writeFileSync(join(installed, '.hidden'), 'of the user');
    refuseMove(user, '*/1.3.0.0');
    const { status, stderr } = await install(t, user);
    assert.equal(status, 1);
    const [, work = ''] =
      /\ninstall\.sh: Files of version 1\.3\.0\.0 are left in (.*)\. Move them to .*\n$/.exec(
        stderr,
      ) ?? [];
    assert.equal(readFileSync(join(work, 'earlier/.hidden'), 'utf8'), 'of the user');
  });

  it('is restored if the script ends before the link is changed', async (t) => {
    const user = newUser(t, site);
    await install(t, user, '1.2.0.0');
    endAfterMove(user, '*/lib/session-manager-plugin/1.3.0.0');
    const { status, stderr } = await install(t, user, '1.3.0.0');
    assert.deepEqual([status, stderr], [143, '']);
    assert.equal(linkedVersion(user), '1.2.0.0');
    assert.deepEqual(readdirSync(versionsOf(user)), ['1.2.0.0']);
  });

  it('is replaced whole if the script ends after the link is changed', async (t) => {
    const user = newUser(t, site);
    await install(t, user, '1.3.0.0');
    const installed = join(versionsOf(user), '1.3.0.0');
    writeFileSync(join(installed, '.hidden'), 'of the user');
    await install(t, user, '1.2.0.0');
    endAfterMove(user, `*/.local/${LINK}`);
    const { status, stderr } = await install(t, user, '1.3.0.0');
    assert.deepEqual([status, stderr], [143, '']);
    assert.equal(linkedVersion(user), '1.3.0.0');
    assert.equal(readFileSync(join(installed, '.hidden'), 'utf8'), 'of the user');
    assert.deepEqual(readdirSync(versionsOf(user)), ['1.2.0.0', '1.3.0.0']);
  });

  it('is whole after two runs at once, of which one may refuse', async (t) => {
    const user = newUser(t, site);
    await install(t, user);
    const runs = await Promise.all([install(t, user), install(t, user)]);
    assert.ok(runs.some(({ status }) => status === 0));
    for (const { status, stderr } of runs)
      if (status !== 0) assert.match(stderr, /^install\.sh: Another run of this script/);
    const installed = join(versionsOf(user), '1.3.0.0');
    assert.deepEqual(readdirSync(versionsOf(user)), ['1.3.0.0']);
    assert.ok(!readdirSync(installed).some((name) => name.startsWith('session-manager-plugin')));
    assert.equal(linkedVersion(user), '1.3.0.0');
  });
});
