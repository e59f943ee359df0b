import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loseConnection } from './support/lose-connection.ts';
import { outputStalls } from '../support/output-stalls.ts';
import { parentOf, processEnded } from '../support/processes.ts';
import {
  interactiveCommand,
  openShell,
  openTerminalSession,
  startSession,
  type TerminalSession,
} from '../support/target.ts';
import { startInTerminal, type TerminalOptions } from '../support/terminal-program.ts';
import { terminateSession } from '../support/terminate-session.ts';
import { PLUGIN_FATAL_ERROR, THROWS } from '../support/throwing/throws.ts';

/** Settings that no terminal has by default: restoring sane ones would not be enough. */
const UNUSUAL = '-ixon -echoctl -opost intr ^K susp undef erase ^H';

interface WayOut {
  readonly name: string;
  readonly leave: (opened: TerminalSession) => unknown;
  readonly status: number;
  readonly options?: TerminalOptions;
}

const WAYS_OUT: readonly WayOut[] = [
  {
    name: 'the end of the remote shell',
    leave: ({ program }) => program.type('exit\r'),
    status: 0,
  },
  { name: '~.', leave: ({ program }) => program.type('~.'), status: 0 },
  {
    name: 'Ctrl-C and then the end of the remote shell',
    leave: async ({ program }) => {
      program.type('\x03');
      await program.screen.until('a new prompt', (text) => /\^C\s+\$ $/.test(text));
      program.type('exit\r');
    },
    status: 0,
  },
  { name: 'TerminateSession, called by another client', leave: terminateSession, status: 0 },
  {
    name: 'channel_closed with a text',
    leave: ({ session }) => session.terminate('ended by the administrator'),
    status: 0,
  },
  { name: 'SIGTERM', leave: ({ program }) => program.kill('SIGTERM'), status: 143 },
  { name: 'SIGUSR1', leave: ({ program }) => program.kill('SIGUSR1'), status: 138 },
  { name: 'SIGHUP', leave: ({ program }) => program.kill('SIGHUP'), status: 129 },
  {
    name: 'losing the connection for good',
    leave: loseConnection,
    status: 1,
  },
  {
    name: 'a session that is over when the connection is to be resumed',
    leave: ({ session }) => {
      session.answerResume({ kind: 'ended' });
      session.cutClient();
    },
    status: 1,
  },
  {
    name: 'an uncaught exception',
    leave: ({ program }) => program.kill('SIGUSR2'),
    status: 1,
    options: { env: THROWS },
  },
];

describe('the terminal is as it was before', () => {
  for (const { name, leave, status, options } of WAYS_OUT) {
    it(`after ${name}`, async (t) => {
      const opened = await openShell(t, {}, { settings: UNUSUAL, ...options });
      const { program } = opened;
      assert.notEqual(program.settings(), program.settingsBefore, 'there was no raw mode');
      await leave(opened);
      assert.deepEqual(await program.end(), { status, settings: program.settingsBefore });
    });
  }

  it('after SIGTERM before the session has opened', async (t) => {
    const { args, session } = await startSession(t);
    session.setGateway('silent');
    const program = await startInTerminal(t, args, { settings: UNUSUAL });
    await program.screen.until('the start', (text) => text.includes('Starting session'));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, settings: program.settingsBefore });
  });

  it('after SIGTERM though the terminal takes no more output', async (t) => {
    const { program, session } = await openTerminalSession(t, interactiveCommand('yes'), {
      settings: UNUSUAL,
    });
    await program.screen.until('the flood', (text) => text.includes('y'));
    program.stopReading();
    await outputStalls(session);
    program.kill('SIGTERM');
    await processEnded(program.pid);
    assert.equal(program.settings(), program.settingsBefore);
  });

  it('after the death of the program that called it', async (t) => {
    const { program, session } = await openShell(
      t,
      {},
      { settings: UNUSUAL, through: ['/bin/sh', '-c', '"$@"; exit $?', 'sh'] },
    );
    assert.notEqual(program.settings(), program.settingsBefore, 'there was no raw mode');
    process.kill(parentOf(program.pid), 'SIGKILL');
    await processEnded(program.pid);
    assert.equal(program.settings(), program.settingsBefore);
    await session.closed;
  });
});

describe('an internal error', () => {
  it('is reported on stderr in one line, and the session is ended', async (t) => {
    const { program, session } = await openShell(t, {}, { env: THROWS });
    const shown = program.screen.text;
    program.kill('SIGUSR2');
    await program.end();
    assert.equal(program.screen.text, `${shown}\r\n${PLUGIN_FATAL_ERROR}\r\n`);
    await session.closed;
  });

  it('is what the program ends with, whatever becomes of its session meanwhile', async (t) => {
    const { program, session, aws } = await openShell(t, {}, { env: THROWS });
    const shown = program.screen.text;
    session.cutAgent();
    const held = aws.pause('TerminateSession');
    program.kill('SIGUSR2');
    await held.called;
    session.terminate();
    assert.deepEqual(await program.end(), { status: 1, settings: program.settingsBefore });
    assert.equal(program.screen.text, `${shown}\r\n${PLUGIN_FATAL_ERROR}\r\n`);
  });
});
