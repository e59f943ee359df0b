import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { spawn } from '../../../support/child-process.ts';

function runDemo(input: string) {
  const demo = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '..', '..', 'demo.ts')],
    { stdio: 'pipe' },
  );
  demo.stdin.end(input);
  return demo;
}

describe('the demonstration', () => {
  it('runs what is piped in through the built program, and ends', async () => {
    const demo = runDemo('echo $((6 * 7))\nexit\n');
    const closed = once(demo, 'close');
    const output = text(demo.stdout);
    assert.deepEqual(await closed, [0, null]);
    assert.match(await output, /Starting session with SessionId: local-[^]*\n42\r\n/);
  });

  it('ends at once when there is no input', async () => {
    const demo = runDemo('');
    const output = text(demo.stdout);
    assert.deepEqual(await once(demo, 'close'), [0, null]);
    assert.match(await output, /Exiting session with sessionId: local-/);
  });
});
