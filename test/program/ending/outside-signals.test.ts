import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { readBytes, READY } from '../support/remote-commands.ts';
import {
  interactiveCommand,
  nonInteractiveCommand,
  openPipedSession,
  openTerminalSession,
  startSession,
} from '../support/target.ts';
import { startInTerminal } from '../support/terminal-program.ts';

/** A caller that sets the signals to ignored, which the program inherits. */
const CALLER_IGNORES = ['/bin/sh', '-c', `trap '' INT QUIT TSTP; exec "$@"`, 'sh'];

const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const;

async function forwarded(t: TestContext, through: readonly string[]): Promise<string> {
  const requested = interactiveCommand(readBytes(SIGNALS.length));
  const { program, session } = await openTerminalSession(t, requested, { through });
  await program.screen.until('the reader', (text) => text.endsWith(READY));
  for (const [sent, signal] of SIGNALS.entries()) {
    program.kill(signal);
    await session.until(
      signal,
      ({ record, end }) => end !== undefined || record.inputBytes === sent + 1,
    );
  }
  await program.end();
  return program.screen.text;
}

describe('kill -INT, -QUIT and -TSTP from outside', () => {
  it('reach the remote side as Ctrl-C, Ctrl-\\ and Ctrl-Z', async (t) => {
    assert.match(await forwarded(t, []), /ready: 03 1c 1a/);
  });

  it('do so, too, when the caller has set them to ignored', async (t) => {
    assert.match(await forwarded(t, CALLER_IGNORES), /ready: 03 1c 1a/);
  });

  it('become signals of a remote command without a terminal', async (t) => {
    const command = `trap 'echo interrupted; exit 5' INT; echo ready:; while :; do sleep 0.05; done`;
    const { program } = await openPipedSession(t, nonInteractiveCommand(command, true));
    await program.stdout.until('the command', (text) => text.includes(READY));
    program.kill('SIGINT');
    // The agent loses the status of a command that it has signalled.
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /^interrupted$/m);
  });
});

describe('Ctrl-C before the session has opened', () => {
  for (const [name, through] of [
    ['ends the program and the session', []],
    ['does so, too, when the caller ignores it', CALLER_IGNORES],
  ] as const) {
    it(name, async (t) => {
      const { args, session } = await startSession(t);
      session.setGateway('silent');
      const program = await startInTerminal(t, args, { through });
      await program.screen.until('the start', (text) => text.includes('Starting session'));
      program.type('\x03');
      assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
      assert.equal((await session.closed).by, 'api');
    });
  }
});
