import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createRawClient } from '../support/raw-client.ts';
import type { SessionResponse } from '../../session/session-request.ts';
import { spawn, type ChildProcessWithoutNullStreams } from '../../../support/child-process.ts';

const RUN = ['--disable-warning=ExperimentalWarning'];

/** Runs the command until the test ends. */
function run(t: TestContext, args: readonly string[]): ChildProcessWithoutNullStreams {
  const file = join(import.meta.dirname, '..', '..', 'main.ts');
  const command = spawn(process.execPath, [...RUN, file, ...args], { stdio: 'pipe' });
  t.after(() => command.kill('SIGKILL'));
  return command;
}

/** Collects what a stream gives and resolves as soon as `pattern` is in it. */
function awaitText(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const match = pattern.exec(text);
      if (match !== null) resolve(match);
    });
    stream.on('end', () => reject(new Error(`${String(pattern)} is not in: ${text}`)));
  });
}

describe('the command that runs the local target', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`explains how to connect, and stops with its sessions on ${signal}`, async (t) => {
      const command = run(t, []);
      const exited = once(command, 'exit');
      const [text] = await awaitText(command.stdout, /[^]*Ctrl-C stops it\./);
      const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
      assert.ok(text.includes(`--endpoint-url ${endpoint}`));
      assert.ok(text.includes(`StartSession '' '{"Target":"i-0123456789abcdef0"}' ${endpoint}`));
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'x-amz-target': 'AmazonSSM.StartSession' },
        body: '{"Target":"i-0123456789abcdef0"}',
      });
      const client = createRawClient();
      t.after(() => client.close());
      await client.connect((await response.json()) as SessionResponse);
      client.type('echo shell $$\r');
      await client.until('its process id', () => /shell \d+\r/.test(client.output()));
      const pid = Number(/shell (\d+)\r/.exec(client.output())?.[1]);
      command.kill(signal);
      assert.deepEqual(await exited, [0, null]);
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    });
  }

  it('refuses an unknown option', async (t) => {
    const command = run(t, ['--nonsense']);
    const refused = awaitText(command.stderr, /nonsense[^]*Usage:/);
    assert.deepEqual(await once(command, 'exit'), [2, null]);
    await refused;
  });
});
