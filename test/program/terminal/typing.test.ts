import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openShell } from '../support/target.ts';

describe('a shell in a terminal', () => {
  it('shows where the session started and then what the remote side prints', async (t) => {
    const { program, session } = await openShell(t);
    assert.equal(
      program.screen.text,
      `\r\nStarting session with SessionId: ${session.sessionId}\r\n$ `,
    );
  });

  it('echoes what is typed, as the remote terminal does', async (t) => {
    const { program } = await openShell(t);
    program.type('echo hello');
    await program.screen.until('the echo', (text) => text.endsWith('$ echo hello'));
  });

  it('runs a line when Enter is pressed', async (t) => {
    const { program } = await openShell(t);
    program.type('echo $((6 * 7))\r');
    await program.screen.until('the answer', (text) => /^42\r+\n\$ $/m.test(text));
  });

  it('edits a line on the remote side: Backspace takes a character back', async (t) => {
    const { program } = await openShell(t);
    program.type('echo lefx\x7ft\r');
    await program.screen.until('the corrected answer', (text) => /^left\r+\n\$ $/m.test(text));
  });

  it('ends with the remote shell and reports it', async (t) => {
    const { program, session } = await openShell(t);
    program.type('exit 3\r');
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.ok(
      program.screen.text.endsWith(
        `\r\n\r\nExiting session with sessionId: ${session.sessionId}.\r\n\r\n`,
      ),
      program.screen.text,
    );
    assert.deepEqual(await session.closed, { by: 'remote', output: '' });
  });
});
