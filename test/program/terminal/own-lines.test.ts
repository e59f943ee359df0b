import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { render } from '../../support/screen.ts';
import { startAccount, WEB_1, type Account } from '../commands/support/account.ts';
import { openShell, openTerminalSession, PROMPT } from '../support/target.ts';
import { startInTerminal, type TerminalProgram } from '../support/terminal-program.ts';

const TITLE = `database (${WEB_1.id})`;
const SIZE = { cols: 200, rows: 24 };

interface OwnShell {
  readonly fleet: Account;
  readonly program: TerminalProgram;
}

/** A shell of a command, at its prompt, with something typed. */
async function openOwnShell(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<OwnShell> {
  const fleet = await startAccount(t, [{ ...WEB_1, nameTag: 'database' }]);
  const program = await startInTerminal(t, ['shell', 'database'], {
    env: { ...fleet.env, ...env },
    size: SIZE,
  });
  await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
  program.type('echo half');
  await program.screen.until('the echo', (text) => text.endsWith('echo half'));
  return { fleet, program };
}

async function rowsOf({ screen }: TerminalProgram): Promise<readonly string[]> {
  return (await render(screen.text, { size: SIZE })).rows;
}

describe('lines of a command in the terminal of a shell', () => {
  it('name the target at the start, and at the end that was wanted', async (t) => {
    const { program } = await openOwnShell(t);
    program.type('\r');
    await program.screen.until('the next prompt', (text) => /\nhalf\s+\$ $/.test(text));
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);
    assert.deepEqual(await rowsOf(program), [
      `Starting a session with ${TITLE}…`,
      '$ echo half',
      'half',
      '$ exit',
      `Session with ${TITLE} ended.`,
      '',
    ]);
  });

  for (const [name, act, status, expected] of [
    [
      'the service ends it',
      ({ fleet }: OwnShell) =>
        fleet.aws.sessions[0]?.terminate(
          'Your session timed out due to inactivity and has been terminated.',
        ),
      255,
      [
        `The service ended the session with ${TITLE}: Your session timed out due to inactivity and has been terminated.`,
        'Run the command again for a new session. The session preferences of the account set the idle timeout.',
      ],
    ],
    [
      'a signal ends it',
      ({ program }: OwnShell) => program.kill('SIGTERM'),
      143,
      [`Session with ${TITLE} ends: SIGTERM received.`, `Session with ${TITLE} ended.`],
    ],
  ] as const) {
    it(`begin below what is typed when ${name}`, async (t) => {
      const opened = await openOwnShell(t);
      act(opened);
      assert.equal((await opened.program.end()).status, status);
      const rows = await rowsOf(opened.program);
      assert.equal(rows[1], '$ echo half');
      assert.equal(rows.length, 2 + expected.length + 1, rows.join('\n'));
      for (const [i, line] of expected.entries()) {
        const row = rows[2 + i] ?? '';
        if (typeof line === 'string') assert.equal(row, line);
        else assert.match(row, line);
      }
    });
  }

  it('begin below what is typed when it cannot be resumed', async (t) => {
    const { fleet, program } = await openOwnShell(t, { SSM_PLUGIN_RESUME_TIMEOUT: '1' });
    fleet.aws.sessions[0]?.setGateway('down');
    fleet.aws.sessions[0]?.cutClient();
    assert.equal((await program.end()).status, 255);
    const rows = await rowsOf(program);
    assert.equal(rows[1], '$ echo half');
    const end = rows.findIndex((row) => row.startsWith(`The connection to ${TITLE} is lost`));
    assert.notEqual(end, -1, rows.join('\n'));
    assert.match(rows[end + 1] ?? '', /^Reason: /);
    // What to do depends on the reason.
    assert.match(rows[end + 2] ?? '', /^(?:Check|Run) .*\.$/);
    for (const row of rows.slice(2, end)) assert.match(row, /^Connection lost, reconnecting…/);
  });

  it('are the log, too: each entry begins a line, also while the shell is used', async (t) => {
    const fleet = await startAccount(t, [WEB_1]);
    const args = ['shell', WEB_1.id, '--log-level', 'debug'];
    const program = await startInTerminal(t, args, { env: fleet.env, size: SIZE });
    await program.screen.until('the prompt', (text) => text.includes(`\n${PROMPT}`));
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);
    const rows = await rowsOf(program);
    const entries = rows.filter((row) => row.includes(' Inf ') || row.includes(' Dbg '));
    assert.ok(entries.length > 0, rows.join('\n'));
    for (const entry of entries) assert.match(entry, /^\d{4}-\d\d-\d\dT\S+Z (?:Inf|Dbg) /);
  });
});

describe('a message after the output of a remote command', () => {
  it('begins a line of its own, and the output stays as it is', async (t) => {
    const fleet = await startAccount(t, [WEB_1]);
    const args = ['exec', WEB_1.id, '--', 'printf half; kill -9 $$'];
    const program = await startInTerminal(t, args, { env: fleet.env, size: SIZE });
    await program.end();
    assert.deepEqual(await rowsOf(program), ['half', 'The command was ended by a signal.', '']);
  });
});

describe('a text that callers read, after Ctrl-C in a forwarded port', () => {
  it('begins below what the terminal shows of the key', async (t) => {
    const { program } = await openTerminalSession(t, {
      document: 'AWS-StartPortForwardingSession',
      parameters: { portNumber: ['80'], localPortNumber: ['0'] },
    });
    await program.screen.until('the port', (text) => text.includes('Waiting for connections...'));
    program.type('\x03');
    await program.end();
    const { rows } = await render(program.screen.text);
    const row = rows.indexOf('Terminate signal received, exiting.');
    assert.equal(rows[row - 1], '^C', rows.join('\n'));
  });
});

describe('texts that callers read, in the terminal of a shell', () => {
  it('stay as they are, and begin a line', async (t) => {
    const { program, session } = await openShell(t);
    program.kill('SIGTERM');
    assert.equal((await program.end()).status, 143);
    const { rows } = await render(program.screen.text);
    const id = session.sessionId;
    assert.deepEqual(rows.slice(-7), [
      '$',
      `Session ${id} ends: SIGTERM received.`,
      '',
      '',
      `Exiting session with sessionId: ${id}.`,
      '',
      '',
    ]);
    assert.ok(
      program.screen.text.endsWith(`\r\n\r\nExiting session with sessionId: ${id}.\r\n\r\n`),
    );
  });
});
