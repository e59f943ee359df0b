import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READY } from '../support/remote-commands.ts';
import {
  interactiveCommand,
  openPipedSession,
  openShell,
  openTerminalSession,
} from '../support/target.ts';

describe('the size of the window', () => {
  it('is the remote terminal’s from the first command on', async (t) => {
    const { program, session } = await openShell(t, {}, { size: { cols: 97, rows: 31 } });
    program.type('stty size\r');
    await program.screen.until('the size', (text) => /^31 97\r/m.test(text));
    assert.deepEqual(session.record.sizes, [{ cols: 97, rows: 31 }]);
  });

  it('is sent at once when it changes, without a key being pressed', async (t) => {
    const report = `trap 'stty size' WINCH; stty size; printf ${READY}; sleep 600 & while :; do wait; done`;
    const { program, session } = await openTerminalSession(t, interactiveCommand(report), {
      size: { cols: 80, rows: 24 },
    });
    await program.screen.until('the command', (text) => text.includes(READY));
    program.resize(132, 43);
    await program.screen.until('the new size', (text) => text.includes('43 132\r'));
    program.resize(40, 12);
    await program.screen.until('the next size', (text) => text.includes('12 40\r'));
    assert.equal(session.record.inputBytes, 0);
    assert.deepEqual(session.record.sizes, [
      { cols: 80, rows: 24 },
      { cols: 132, rows: 43 },
      { cols: 40, rows: 12 },
    ]);
  });

  it('is 300 columns and 100 rows without a terminal', async (t) => {
    const { program, session } = await openPipedSession(t);
    program.stdin.write('stty size; exit\n');
    await program.end();
    assert.match(program.stdout.text, /^100 300\r$/m);
    assert.deepEqual(session.record.sizes, [{ cols: 300, rows: 100 }]);
  });

  it('is that of the terminal with the keys when both outputs go elsewhere', async (t) => {
    const { program, session } = await openTerminalSession(
      t,
      {},
      {
        size: { cols: 61, rows: 17 },
        through: ['/bin/sh', '-c', 'exec "$@" >/dev/null 2>&1', 'sh'],
      },
    );
    await session.until('the size', ({ record }) => record.sizes.length > 0);
    program.type('exit\r');
    await program.end();
    assert.deepEqual(session.record.sizes, [{ cols: 61, rows: 17 }]);
  });
});
