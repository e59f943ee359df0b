import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import type { CompletedRun } from '../../program/support/piped-program.ts';
import { spawnSync } from '../../support/child-process.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs, requireTools } from '../../support/require-tools.ts';
import { CURL, DASH, OPENSSL } from '../../support/tools.ts';
import {
  LINUX_TARGETS,
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
  SHELLS,
  type User,
} from './support/run-install.ts';

const LINK = 'bin/session-manager-plugin';
const OLD = '1.2.0.0';
const NEW = '1.3.0.0';
const REFUSAL =
  /^install\.sh: Another run of this script is installing in .*\. Nothing was changed\. /;

/** Where the script puts the versions, and its lock. */
function versionsOf({ home }: User): string {
  return join(home, '.local/lib/session-manager-plugin');
}

/** Kills the script as soon as mv has filled a place. @param place - a pattern of sh for the last argument of mv */
function killAfterMove(user: User, place: string): void {
  const script = `/bin/mv "$@"; for place; do :; done; case $place in ${place}) kill -KILL $PPID ;; esac`;
  replaceProgram(user, 'mv', script);
}

function restoreMove(user: User): void {
  replaceProgram(user, 'mv', 'exec /bin/mv "$@"');
}

/** The process of a program that has ended. */
function deadProcess(): number {
  return spawnSync('true').pid;
}

/** Puts the lock of a run there, with the directory of its work. @param host - where it runs */
function lockBy(user: User, pid: number, host = hostname()): string {
  const versions = versionsOf(user);
  mkdirSync(join(versions, '.install.abcdef'), { recursive: true });
  const lock = join(versions, '.lock');
  symlinkSync(`.install.abcdef/${NEW}/${pid}@${host}`, lock);
  return lock;
}

describe('the lock of install.sh', needs(OPENSSL, DASH, CURL), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  before(async () => {
    site = await startReleaseSite(scope);
    for (const version of [OLD, NEW]) await publishVersion(scope, site, version, LINUX_TARGETS);
  });
  const install = (t: TestContext, user: User, version = NEW): Promise<CompletedRun> =>
    runScript(t, user, scriptOf(site, version));

  for (const { name, shell, tools, programs } of SHELLS) {
    it(`of a killed run is replaced, and what the run has moved is restored: ${name}`, async (t) => {
      if (!requireTools(t, ...tools)) return;
      const user = newUser(t, site, programs);
      const run = (version: string): Promise<CompletedRun> =>
        runScript(t, user, scriptOf(site, version), [], shell);
      await run(NEW);
      const installed = join(versionsOf(user), NEW);
      writeFileSync(join(installed, '.hidden'), 'of the user');
      // The installed files are away, and the new ones are not there yet.
      killAfterMove(user, '*/earlier');
      assert.equal((await run(NEW)).status, null);
      assert.ok(!readdirSync(versionsOf(user)).includes(NEW));
      restoreMove(user);
      const { status, stderr } = await run(OLD);
      assert.deepEqual([status, stderr], [0, '']);
      assert.equal(linkedVersion(user), OLD);
      assert.equal(readFileSync(join(installed, '.hidden'), 'utf8'), 'of the user');
      assert.deepEqual(readdirSync(versionsOf(user)), [OLD, NEW]);
    });

    it(`of a running one is respected, and named: ${name}`, async (t) => {
      if (!requireTools(t, ...tools)) return;
      const user = newUser(t, site, programs);
      const lock = lockBy(user, process.pid);
      const { status, stderr } = await runScript(t, user, scriptOf(site, NEW), [], shell);
      assert.equal(status, 1);
      assert.match(stderr, REFUSAL);
      assert.deepEqual(readdirSync(versionsOf(user)), ['.install.abcdef', '.lock']);

      // The command at the end of the message.
      const [, command = ''] = / remove its lock first: (.*)\n$/.exec(stderr) ?? [];
      assert.ok(command.includes(dirname(lock).replace("'", String.raw`'\''`)), command);
      assert.equal(spawnSync('sh', ['-c', command]).status, 0);
      assert.equal((await runScript(t, user, scriptOf(site, NEW), [], shell)).status, 0);
      assert.equal(linkedVersion(user), NEW);
    });
  }

  it('of a killed run is replaced after the new files were placed: those of the user are carried over', async (t) => {
    const user = newUser(t, site);
    await install(t, user);
    const installed = join(versionsOf(user), NEW);
    writeFileSync(join(installed, '.hidden'), 'of the user');
    writeFileSync(join(installed, LINK), 'damaged');
    killAfterMove(user, `*/lib/session-manager-plugin/${NEW}`);
    assert.equal((await install(t, user)).status, null);
    restoreMove(user);
    await install(t, user, OLD);
    assert.equal(readFileSync(join(installed, '.hidden'), 'utf8'), 'of the user');
    assert.notEqual(readFileSync(join(installed, LINK), 'utf8'), 'damaged');
    assert.deepEqual(readdirSync(versionsOf(user)), [OLD, NEW]);
  });

  it('of a process of another machine, or that cannot be read, is respected', async (t) => {
    for (const make of [
      (user: User) => lockBy(user, deadProcess(), 'elsewhere'),
      (user: User) => mkdirSync(join(versionsOf(user), '.lock'), { recursive: true }),
      (user: User) => {
        mkdirSync(versionsOf(user), { recursive: true });
        symlinkSync('something', join(versionsOf(user), '.lock'));
      },
    ]) {
      const user = newUser(t, site);
      make(user);
      const files = readdirSync(versionsOf(user), { recursive: true });
      const { status, stderr } = await install(t, user);
      assert.equal(status, 1);
      assert.match(stderr, REFUSAL);
      assert.deepEqual(readdirSync(versionsOf(user), { recursive: true }), files);
    }
  });

  it('of a killed run goes to one of two runs: the claim of another is respected', async (t) => {
    const user = newUser(t, site);
    const pid = deadProcess();
    const lock = lockBy(user, pid);
    const claim = `${lock}.${pid}@${hostname()}`;
    symlinkSync('of the other', claim);
    assert.match((await install(t, user)).stderr, REFUSAL);
    assert.deepEqual(readdirSync(versionsOf(user)).length, 3);
    rmSync(claim);
    assert.equal((await install(t, user)).status, 0);
    assert.deepEqual(readdirSync(versionsOf(user)), [NEW]);
  });

  it('of a killed run goes to one of two runs: it is not taken from the run that was faster', async (t) => {
    const user = newUser(t, site);
    lockBy(user, deadProcess());
    const faster = `.install.ghijkl/${NEW}/${process.pid}@${hostname()}`;
    // When this run creates its claim, the other one has just replaced the lock.
    const replaceLock = `rm "\${3%.*@*}"; /bin/ln -s '${faster}' "\${3%.*@*}"`;
    replaceProgram(user, 'ln', `case $3 in */.lock.*) ${replaceLock} ;; esac; exec /bin/ln "$@"`);
    const { status, stderr } = await install(t, user);
    assert.equal(status, 1);
    assert.match(stderr, REFUSAL);
    assert.deepEqual(readdirSync(versionsOf(user)), ['.install.abcdef', '.lock']);
    assert.equal(readlinkSync(join(versionsOf(user), '.lock')), faster);
  });
});
