import assert from 'node:assert/strict';
import { delimiter, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { OLDEST_NODE } from '../../../build/own-libraries/debian-node/debian-suite.ts';
import { isExecutable } from '../../../src/lib/find-program.ts';
import { spawnSync } from '../../support/child-process.ts';
import { INSTALLED } from '../../support/product.ts';
import { requireNothing } from '../../support/require-tools.ts';
import { outcomeOf, startCommandTarget } from '../commands/support/run-command.ts';
import { startCommandPiped, type PipedProgram } from '../support/piped-program.ts';
import { LAUNCHER, type Environment } from '../support/program.ts';
import { startSession, TARGET } from '../support/target.ts';

const OLDEST = `v${OLDEST_NODE.major}.`;

/** A Node.js of the oldest version that runs the program, on this machine's PATH. */
function findOldestNode(): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const programs = directories.map((directory) => join(directory, 'node')).filter(isExecutable);
  return programs.find((program) =>
    spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.startsWith(OLDEST),
  );
}

const NODE = findOldestNode();

/** Starts the JavaScript program in that Node.js; undefined when the test is skipped. */
function start(
  t: TestContext,
  args: readonly string[],
  env: Environment = {},
): PipedProgram | undefined {
  const missing = `Node.js ${OLDEST_NODE.major} is not on PATH: install it beside this one`;
  if (!requireNothing(t, NODE === undefined ? missing : undefined)) return undefined;
  return startCommandPiped(t, [NODE ?? '', LAUNCHER, ...args], { env });
}

describe(`with Node.js ${OLDEST_NODE.major}, the program`, () => {
  it('prints that it is installed', async (t) => {
    const program = start(t, []);
    if (program === undefined) return;
    assert.deepEqual(await outcomeOf(program), { status: 0, stdout: INSTALLED, stderr: '' });
  });

  it('runs a session of the AWS CLI', async (t) => {
    const { args } = await startSession(t);
    const program = start(t, args);
    if (program === undefined) return;
    program.stdin.write('echo $((6 * 7))\nexit\n');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(program.stdout.text, /^42\r$/m);
    assert.equal(program.stderr.text, '');
  });

  for (const [args, printed] of [
    [['targets'], new RegExp(`^${TARGET}\t`)],
    [['exec', TARGET, '--', 'echo', 'done'], /^done$/m],
    [['doctor', '--help'], /Usage/],
  ] as const) {
    it(`runs ${args[0]}`, async (t) => {
      const { env } = await startCommandTarget(t);
      const program = start(t, args, env);
      if (program === undefined) return;
      const { status, stdout } = await outcomeOf(program);
      assert.match(stdout, printed);
      assert.equal(status, 0);
    });
  }
});
