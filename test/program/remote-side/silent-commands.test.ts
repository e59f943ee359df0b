import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interactiveCommand, openPipedSession, openTerminalSession } from '../support/target.ts';

const ORDINARY_END = { status: 0, signal: null };
/** It writes nothing before it has input; without the echo of the terminal its agent sends nothing. */
const SILENT = 'stty -echo; read x; echo got $x';

describe('an interactive command that waits for input and prints nothing', () => {
  it('gets what is typed in a terminal', async (t) => {
    const { program } = await openTerminalSession(t, interactiveCommand(SILENT));
    program.type('hello\r');
    await program.screen.until('the answer', (text) => text.includes('got hello\r'));
  });

  it('gets what is piped in', async (t) => {
    const { program, session } = await openPipedSession(t, interactiveCommand(SILENT));
    program.stdin.end('hello\n');
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /^got hello\r$/m);
    assert.deepEqual(await session.closed, { by: 'remote', output: '' });
  });

  it('gets it though its terminal comes up late and the agent refuses input until then', async (t) => {
    let comeUp = (): void => undefined;
    const startAfter = new Promise<void>((resolve) => {
      comeUp = resolve;
    });
    const { program, session } = await openPipedSession(t, {
      ...interactiveCommand(SILENT),
      agent: { startAfter },
    });
    program.stdin.end('hello\n');
    await session.until('a refusal', ({ record }) => record.refused > 0);
    assert.equal(session.record.inputBytes, 0);
    comeUp();
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /^got hello\r$/m);
  });
});
