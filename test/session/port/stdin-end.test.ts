import assert from 'node:assert/strict';
import type { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { INPUT_END_IDLE_MS } from '../../../src/session/port/stdio.ts';
import { until } from './support/local-programs.ts';
import { outputOf } from './support/memory-link.ts';
import { blockedOutput, startStdio } from './support/start-stdio.ts';

const TIMEOUT = { timeout: 60_000 };
const LEAVE = { kind: 'leave', text: '', exitCode: 0 };

describe('the end of stdin', TIMEOUT, () => {
  it('answers are still delivered; the session ends when the target sends no more', async (t) => {
    const { link, host, send } = startStdio(t);
    host.stdin.end('request');
    await until(() => host.clock.pending > 0);
    assert.equal(outputOf(link.sent).toString(), 'request');
    host.clock.advance(INPUT_END_IDLE_MS - 1);
    send('the ans');
    await until(() => host.stdout.readableLength === 7);
    host.clock.advance(INPUT_END_IDLE_MS - 1);
    send('wer');
    await until(() => host.stdout.readableLength === 10);
    host.clock.advance(INPUT_END_IDLE_MS - 1);
    assert.deepEqual(link.ends, []);
    host.clock.advance(1);
    assert.deepEqual(link.ends, [LEAVE]);
    assert.equal(String(host.stdout.read('the answer'.length)), 'the answer');
  });

  it('idle time counts only from when the target has received everything', async (t) => {
    const { link, host } = startStdio(t);
    link.delayAcknowledgements = true;
    host.stdin.end('request');
    await until(() => outputOf(link.sent).length > 0 && host.stdin.readableEnded);
    host.clock.advance(100 * INPUT_END_IDLE_MS);
    assert.deepEqual(link.ends, []);
    await until(() => {
      link.acknowledge();
      return host.clock.pending > 0;
    });
    host.clock.advance(INPUT_END_IDLE_MS);
    assert.deepEqual(link.ends, [LEAVE]);
  });

  it('the session does not end while bytes still wait for stdout', async (t) => {
    const output = blockedOutput();
    const { link, host, send } = startStdio(t, output);
    send('slowly read');
    host.stdin.end();
    await until(() => host.clock.pending > 0);
    host.clock.advance(10 * INPUT_END_IDLE_MS);
    assert.deepEqual(link.ends, []);
    output.open();
    await until(() => output.writableLength === 0);
    host.clock.advance(2 * INPUT_END_IDLE_MS);
    assert.deepEqual(link.ends, [LEAVE]);
  });

  for (const [name, end] of [
    ['closed without an end', (stdin: PassThrough) => stdin.destroy()],
    ['failing', (stdin: PassThrough) => stdin.destroy(new Error('read EIO'))],
  ] as const) {
    it(`a stdin ${name} counts as ended`, async (t) => {
      const { link, host } = startStdio(t);
      end(host.stdin);
      await until(() => host.clock.pending > 0);
      host.clock.advance(INPUT_END_IDLE_MS);
      assert.deepEqual(link.ends, [LEAVE]);
    });
  }
});
