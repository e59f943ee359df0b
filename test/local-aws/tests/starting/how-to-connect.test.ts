import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { LAUNCHER, programEnvironment } from '../../../program/support/program.ts';
import { childEnded, endWithTest, spawn } from '../../../support/child-process.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { AWS, CURL } from '../../../support/tools.ts';
import { EXAMPLE_TARGET, howToConnect } from '../../how-to-connect.ts';
import { startLocalAws } from '../../local-aws.ts';

/** The blocks of commands: indented lines, separated by others. */
function blocksOf(printed: string): readonly string[] {
  return printed
    .split('\n\n')
    .filter((block) => block.split('\n').every((line) => line.startsWith('  ')));
}

/**
 * Runs what is printed in another terminal's shell.
 *
 * @param part - of the one command that is run after the exports
 * @returns what it prints when `input` is typed
 */
async function follow(t: TestContext, part: string, input: string): Promise<string> {
  const aws = await startLocalAws();
  t.after(() => aws.close());
  const [exports = '', ...commands] = blocksOf(howToConnect(aws));
  const command = commands.filter((text) => text.includes(part));
  assert.equal(command.length, 1, `commands with ${part} in ${commands.join('\n')}`);
  const home = temporaryDirectory(t);
  symlinkSync(LAUNCHER, join(home, 'session-manager-plugin'));
  symlinkSync(process.execPath, join(home, 'node'));
  const path = `${home}${delimiter}${process.env['PATH'] ?? ''}`;
  const shell = spawn('/bin/sh', ['-e', '-c', `${exports}\n${command.join('')}`], {
    env: programEnvironment({
      PATH: path,
      HOME: home,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
    }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endWithTest(t, shell);
  const output = text(shell.stdout);
  shell.stdin.end(input);
  await childEnded(shell);
  assert.equal(shell.exitCode, 0, await output);
  return output;
}

const IN_A_SHELL = 'echo $((6 * 7)) there\nexit\n';

describe('the text of the local target about connecting', () => {
  it('opens a shell with the command `shell`', async (t) => {
    assert.match(await follow(t, `shell ${EXAMPLE_TARGET}`, IN_A_SHELL), /^42 there\r$/m);
  });

  it('runs a command with the command `exec`', async (t) => {
    assert.notEqual((await follow(t, `exec ${EXAMPLE_TARGET}`, '')).trim(), '');
  });

  it('opens a shell with the AWS CLI', async (t) => {
    if (!requireTools(t, AWS)) return;
    assert.match(await follow(t, 'aws ssm start-session', IN_A_SHELL), /^42 there\r$/m);
  });

  it('opens a shell with curl and the plugin', async (t) => {
    if (!requireTools(t, CURL)) return;
    assert.match(await follow(t, 'curl', IN_A_SHELL), /^42 there\r$/m);
  });
});
