import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { buildNpmPackage, npmPackageName } from '../../../packaging/npm/npm-package.ts';
import { outcomeOf, startCommandTarget } from '../../program/commands/support/run-command.ts';
import { runCommandPiped, startCommandPiped } from '../../program/support/piped-program.ts';
import type { Environment } from '../../program/support/program.ts';
import { startSession, TARGET } from '../../program/support/target.ts';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { requireNothing } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallRelease } from '../support/small-release.ts';
import { findNode, NODE_RELEASES } from './node-releases.ts';

const PROGRAM = 'session-manager-plugin';
const MANUAL = 'share/man/man1/session-manager-plugin.1';
/** Without the registry; a Node.js that the package does not allow is an error. */
const INSTALL = ['npm', 'install', '--offline', '--engine-strict', '--no-audit', '--no-fund'];

let packages = '';
let file = '';
before(async () => {
  packages = mkdtempSync(join(tmpdir(), 'npm-install-test-'));
  file = join(packages, npmPackageName(VERSION));
  await buildNpmPackage(smallRelease(VERSION), file);
});
after(() => rmSync(packages, { recursive: true }));

/** A home directory, and a PATH on which this Node.js is the first; undefined when the test is skipped. */
function systemWith(t: TestContext, release: string): Record<'HOME' | 'PATH', string> | undefined {
  const found = findNode(release);
  if ('obstacle' in found) {
    requireNothing(t, found.obstacle);
    return undefined;
  }
  const path = [dirname(found.node), process.env['PATH'] ?? ''].join(delimiter);
  return { HOME: temporaryDirectory(t), PATH: path };
}

/** Runs npm in a directory, and fails unless it succeeds without a warning. */
async function install(
  t: TestContext,
  args: readonly string[],
  directory: string,
  env: Environment,
): Promise<void> {
  const { status, stdout, stderr } = await runCommandPiped(t, [...INSTALL, ...args, file], {
    directory,
    env,
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.match(stdout, /^added 1 package\b/m);
}

for (const release of Object.keys(NODE_RELEASES)) {
  describe(`the npm package with Node.js ${release}`, () => {
    it('runs in an empty project: alone, for a session of the AWS CLI, and as a command', async (t) => {
      const system = systemWith(t, release);
      if (system === undefined) return;
      const project = join(system.HOME, 'project');
      mkdirSync(project);
      await install(t, [], project, system);
      const program = join(project, 'node_modules', '.bin', PROGRAM);
      const run = (...args: readonly string[]) =>
        runCommandPiped(t, [program, ...args], { env: system });

      assert.deepEqual(await run(), { status: 0, stdout: INSTALLED, stderr: '' });
      assert.deepEqual(await run('--version'), { status: 0, stdout: `${VERSION}\n`, stderr: '' });
      const { stdout: facts } = await run('--version', '--verbose');
      assert.match(
        facts,
        new RegExp(`^runtime {2}Node\\.js ${release.replaceAll('.', '\\.')}`, 'm'),
      );
      assert.match(facts, /^target {3}javascript$/m);
      assert.match(facts, /^install {2}npm package$/m);

      const { args } = await startSession(t);
      const session = startCommandPiped(t, [program, ...args], { env: system });
      session.stdin.end('echo $((6 * 7))\n');
      assert.deepEqual(await session.end(), { status: 0, signal: null });
      assert.match(session.stdout.text, /^42\r$/m);
      assert.equal(session.stderr.text, '');

      const { env } = await startCommandTarget(t);
      const targets = startCommandPiped(t, [program, 'targets'], { env: { ...env, ...system } });
      const { status, stdout } = await outcomeOf(targets);
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^${TARGET}\t`));
    });

    it('puts the program and its manual page below the prefix of a global installation', async (t) => {
      const system = systemWith(t, release);
      if (system === undefined) return;
      const prefix = join(system.HOME, 'prefix');
      await install(t, ['--global', `--prefix=${prefix}`], system.HOME, system);
      assert.ok(lstatSync(join(prefix, MANUAL)).isSymbolicLink());
      const PATH = [join(prefix, 'bin'), system.PATH].join(delimiter);
      assert.deepEqual(
        await runCommandPiped(t, [PROGRAM, '--version'], { env: { ...system, PATH } }),
        { status: 0, stdout: `${VERSION}\n`, stderr: '' },
      );
    });
  });
}
