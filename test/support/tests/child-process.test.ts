import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { CleanupScope } from '../cleanup-scope.ts';
import { childEnded, endWithTest, execFileSync, spawn } from '../child-process.ts';

describe('programs that tests start', () => {
  it('do not see the terminal in which the tests run', () => {
    const script = "console.log(process.env['FORCE_COLOR'], { number: 1 })";
    const printed = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    assert.equal(printed, 'undefined { number: 1 }\n');
  });

  it('that cannot be started are not waited for', async () => {
    const cleanups: (() => unknown)[] = [];
    const scope: CleanupScope = {
      after: (work) => {
        if (work !== undefined) cleanups.push(work as () => unknown);
      },
    };
    const child = spawn('/nonexistent/program');
    endWithTest(scope, child);
    await assert.rejects(once(child, 'spawn'), { code: 'ENOENT' });
    for (const cleanup of cleanups) await cleanup();
  });

  it('are ended, and their end is awaited', async (t) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await t.test('a test that starts one', (inner) => endWithTest(inner, child));
    assert.equal(child.signalCode, 'SIGTERM');
    await childEnded(child);
  });
});
