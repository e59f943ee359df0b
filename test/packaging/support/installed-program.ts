import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startCommandPiped } from '../../program/support/piped-program.ts';
import { PROMPT, startSession } from '../../program/support/target.ts';
import { startCommandInTerminal } from '../../program/support/terminal-program.ts';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { enablePrograms } from './emulation.ts';
import { SYSTEM_ENVIRONMENT, type SystemRoot } from './system-root.ts';

const PROGRAM = 'session-manager-plugin';

/** Fails unless the installed program is found by its name and does what it is there for. */
export async function assertProgramWorks(t: TestContext, root: SystemRoot): Promise<void> {
  assert.deepEqual(root.run([PROGRAM]), { status: 0, stdout: INSTALLED, stderr: '' });
  assert.deepEqual(root.run([PROGRAM, '--version']), {
    status: 0,
    stdout: `${VERSION}\n`,
    stderr: '',
  });
  await assertPipedSession(t, root);
  if (seesTerminals(root)) await assertTerminalSession(t, root);
}

/**
 * The 32-bit program's own glibc asks with TCGETS2 whether something is a terminal, which the qemu of
 * Debian 12 does not know: there it is only tried where it runs natively.
 */
function seesTerminals({ architecture }: SystemRoot): boolean {
  return architecture !== 'i386' || enablePrograms(architecture) === 'native';
}

/** Fails unless a session in a pipe runs a command of the target. @param program - its path, or its name on PATH */
export async function assertPipedSession(
  t: TestContext,
  { inside }: Pick<SystemRoot, 'inside'>,
  program = PROGRAM,
): Promise<void> {
  const { args } = await startSession(t);
  const session = startCommandPiped(t, [program, ...args], {
    through: inside,
    env: SYSTEM_ENVIRONMENT,
  });
  session.stdin.end('echo $((6 * 7))\n');
  assert.deepEqual(await session.end(), { status: 0, signal: null });
  assert.match(session.stdout.text, /^42\r$/m);
  assert.equal(session.stderr.text, '');
}

async function assertTerminalSession(t: TestContext, root: SystemRoot): Promise<void> {
  const { args, session } = await startSession(t);
  const program = await startCommandInTerminal(t, [PROGRAM, ...args], {
    through: root.inside,
    env: SYSTEM_ENVIRONMENT,
  });
  await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
  program.type('exit 3\r');
  const { status, settings } = await program.end();
  assert.equal(status, 0);
  assert.equal(settings, program.settingsBefore);
  assert.deepEqual(await session.closed, { by: 'remote', output: '' });
}

/** Fails unless there is nothing by that name. */
export function assertProgramRemoved(root: SystemRoot): void {
  assert.notEqual(root.run(['/bin/sh', '-c', `command -v ${PROGRAM}`]).status, 0);
}
