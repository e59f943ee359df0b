import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { getsKeySignals, isInForeground } from '../../../src/cli/process/in-foreground.ts';
import { startCommandInTerminal } from '../../program/support/terminal-program.ts';
import { endWithTest, spawn } from '../../support/child-process.ts';
import { needs } from '../../support/require-tools.ts';
import { PROCESS_SOURCES } from '../../support/process-sources.ts';

/** Runs a script of a shell with job control in a terminal, and returns the pid that it prints. */
async function printedPid(t: TestContext, script: string): Promise<number> {
  const shell = await startCommandInTerminal(t, ['bash', '-c', `set -m; ${script}`]);
  await shell.screen.until('a pid', (text) => /pid \d+\r\n/.test(text));
  return Number(/pid (\d+)/.exec(shell.screen.text)?.[1]);
}

describe('a process', () => {
  for (const { platform, tools } of PROCESS_SOURCES) {
    it(
      `is in the foreground when the shell waits for it (${platform})`,
      needs(...tools),
      async (t) => {
        const pid = await printedPid(t, `sh -c 'echo pid $$; read line'`);
        assert.equal(await isInForeground(platform, pid, process.env), true);
        assert.equal(await getsKeySignals(platform, pid, process.env), true);
      },
    );

    it(
      `is in the background when it was started with & (${platform})`,
      needs(...tools),
      async (t) => {
        const pid = await printedPid(t, 'sleep 1000 & echo pid $!; wait');
        assert.equal(await isInForeground(platform, pid, process.env), false);
        assert.equal(await getsKeySignals(platform, pid, process.env), false);
      },
    );
  }

  it('without a terminal gets no signals of keys', async (t) => {
    // In a process session of its own.
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    endWithTest(t, child);
    const { pid } = child;
    assert.ok(pid !== undefined);
    assert.equal(await getsKeySignals('linux', pid, process.env), false);
    assert.equal(await isInForeground('linux', pid, process.env), true);
  });

  it('counts as in the foreground where it cannot be found out', async () => {
    assert.equal(await isInForeground('win32', process.pid, process.env), true);
    assert.equal(await isInForeground('linux', 2 ** 30, process.env), true);
    assert.equal(await isInForeground('darwin', 2 ** 30, process.env), true);
    assert.equal(await isInForeground('darwin', process.pid, { PATH: '.' }), true);
  });
});
