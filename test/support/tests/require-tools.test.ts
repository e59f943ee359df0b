import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { spawnSync } from '../child-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const ADVICE = 'nowhere is missing: install the package somewhere (Debian, Ubuntu)';

/** Runs a file of tests that need a program that no machine has. */
function runTests(t: TestContext, env: Readonly<Record<string, string>>) {
  const file = join(temporaryDirectory(t), 'needy.test.ts');
  const helper = join(import.meta.dirname, '..', 'require-tools.ts');
  const tool = "{ program: 'nowhere', debianPackage: 'somewhere' }";
  writeFileSync(
    file,
    `import { describe, it } from 'node:test';
    import { needs, requireTools } from '${helper}';
    it('asks while it runs', (t) => {
      if (requireTools(t, ${tool})) throw new Error('ran');
    });
    it('asks before', needs(${tool}), () => { throw new Error('ran'); });
    describe('suite', needs(${tool}), () => { throw new Error('ran'); });`,
  );
  // The first variable makes this test print for a runner.
  const inherited = { ...process.env, NODE_TEST_CONTEXT: undefined, CI: undefined };
  const args = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=tap', file];
  return spawnSync(process.execPath, args, { env: { ...inherited, ...env }, encoding: 'utf8' });
}

describe('a test that needs a missing program', () => {
  it('is skipped with the name of the program and of its package', (t) => {
    const { status, stdout } = runTests(t, {});
    assert.equal(status, 0, stdout);
    assert.equal(stdout.split(`# SKIP ${ADVICE}`).length - 1, 3, stdout);
  });

  it('fails on a build server', (t) => {
    const { status, stdout } = runTests(t, { CI: 'true' });
    assert.equal(status, 1);
    assert.ok(stdout.includes(ADVICE), stdout);
    assert.doesNotMatch(stdout, /SKIP/);
  });
});
