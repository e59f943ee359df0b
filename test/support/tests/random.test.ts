import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { spawnSync } from '../child-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const RANDOM = pathToFileURL(join(import.meta.dirname, '..', 'random.ts')).href;
const SEED = '1234567';

/** How a test fails: the end of its body, which has already taken a number. */
const FAILURES = {
  'an assertion': `throw new Error('wrong');`,
  'an exception that nothing catches': `setTimeout(() => { throw new Error('late'); }); await new Promise(() => {});`,
  'a rejection that nothing catches': `void Promise.reject(new Error('late')); await new Promise(() => {});`,
  'a test that is stopped': `setTimeout(() => process.kill(process.pid, 'SIGTERM')); await new Promise((r) => setTimeout(r, 60_000));`,
} as const;

describe('a test on random data', () => {
  for (const [failure, end] of Object.entries(FAILURES)) {
    it(`prints its seed when it fails by ${failure}`, (t) => {
      const file = join(temporaryDirectory(t), 'random.test.mjs');
      writeFileSync(
        file,
        `import { it } from 'node:test';
import { seeded } from '${RANDOM}';
it('fails', () => seeded(async (random) => { random.next(); ${end} }));
`,
      );
      const env: NodeJS.ProcessEnv = { ...process.env, TEST_SEED: SEED };
      // Node.js refuses to run tests inside of a test.
      delete env['NODE_TEST_CONTEXT'];
      const args = ['--disable-warning=ExperimentalWarning', '--test', file];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        env,
      });
      assert.equal(status, 1, stdout + stderr);
      assert.match(stdout + stderr, new RegExp(`TEST_SEED=${SEED} shows this again`));
    });
  }
});
