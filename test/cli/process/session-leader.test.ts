import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { isProcessSessionLeader } from '../../../src/cli/process/session-leader.ts';
import { spawn } from '../../support/child-process.ts';
import { needs } from '../../support/require-tools.ts';
import { PROCESS_SOURCES } from '../../support/process-sources.ts';

async function started(t: TestContext, detached: boolean): Promise<number> {
  const child = spawn('sleep', ['1000'], { detached, stdio: 'ignore' });
  t.after(() => child.kill());
  await once(child, 'spawn');
  return child.pid ?? 0;
}

describe('a process', () => {
  for (const { platform, tools } of PROCESS_SOURCES) {
    it(
      `leads a process session of its own after setsid (${platform})`,
      needs(...tools),
      async (t) => {
        const pid = await started(t, true);
        assert.equal(await isProcessSessionLeader(platform, pid, process.env), true);
      },
    );

    it(`leads none as a child of another (${platform})`, needs(...tools), async (t) => {
      const pid = await started(t, false);
      assert.equal(await isProcessSessionLeader(platform, pid, process.env), false);
    });
  }

  it('is taken to lead none where that is not known', async () => {
    assert.equal(await isProcessSessionLeader('win32', process.pid, process.env), false);
    assert.equal(await isProcessSessionLeader('linux', 2 ** 30, process.env), false);
    assert.equal(await isProcessSessionLeader('darwin', process.pid, { PATH: '.' }), false);
  });
});
