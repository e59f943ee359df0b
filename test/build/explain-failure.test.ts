import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { spawnSync } from '../support/child-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('a failure of the build', () => {
  for (const [command, argument, message] of [
    ['build/binaries.ts', 'solaris', /^no target solaris: there are linux-x64, .*\n$/],
    ['packaging/package.ts', 'solaris', /^no target solaris: there are linux-x64, .*\n$/],
    ['packaging/package.ts', '--relaese', /^Unknown option '--relaese'.*\n$/],
  ] as const) {
    it(`is one line without a stack trace: ${command} ${argument}`, () => {
      const { status, stderr } = spawnSync(process.execPath, [command, argument], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
      });
      assert.equal(status, 1);
      assert.match(stderr, message);
    });
  }
});
