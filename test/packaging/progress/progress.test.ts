import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { startProgress } from '../../../packaging/progress/progress.ts';
import { stepIn } from '../../../packaging/progress/step-messages.ts';
import { spawn } from '../../support/child-process.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('the progress of a build', () => {
  it('is a line for each step, and every 5 s the steps that take long', () => {
    const clock = createVirtualClock();
    const lines: string[] = [];
    const progress = startProgress((text) => lines.push(text), clock);
    clock.advance(5000);
    progress.begin('linux-x64', 'the program');
    clock.advance(4000);
    progress.begin('windows-x64', 'tools');
    clock.advance(1000);
    progress.begin('linux-x64', 'ubuntu_64bit/session-manager-plugin.deb');
    clock.advance(55_000);
    progress.end('windows-x64');
    clock.advance(5000);
    progress.end('linux-x64');
    clock.advance(5000);
    progress.stop();
    assert.equal(clock.pending, 0);
    assert.deepEqual(lines.slice(0, 5), [
      'linux-x64: the program\n',
      'windows-x64: tools\n',
      '[10 s] linux-x64: the program (5 s); windows-x64: tools (1 s)\n',
      'linux-x64: ubuntu_64bit/session-manager-plugin.deb\n',
      '[15 s] linux-x64: ubuntu_64bit/session-manager-plugin.deb (5 s); windows-x64: tools (6 s)\n',
    ]);
    assert.deepEqual(lines.slice(-2), [
      '[1 min 5 s] linux-x64: ubuntu_64bit/session-manager-plugin.deb (55 s); windows-x64: tools (56 s)\n',
      '[1 min 10 s] linux-x64: ubuntu_64bit/session-manager-plugin.deb (1 min 0 s)\n',
    ]);
  });
});

describe('the process of a target', () => {
  it('reports a step before a command blocks it', async () => {
    const script = `
      import { beginStep } from '${import.meta.resolve('../../../packaging/progress/step-messages.ts')}';
      import { spawnSync } from 'node:child_process';
      beginStep('xz');
      // Ends when the test has the message.
      spawnSync('cat', { stdio: ['inherit', 'ignore', 'ignore'] });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    });
    const [message] = (await once(child, 'message')) as [unknown];
    assert.equal(stepIn(message), 'xz');
    child.stdin?.end();
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0);
  });

  it('reports no step by any other message', () => {
    for (const message of ['xz', null, 1, {}, { step: 1 }])
      assert.equal(stepIn(message), undefined);
  });
});
