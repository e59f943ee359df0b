import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { readBytes, READY } from '../support/remote-commands.ts';
import {
  interactiveCommand,
  openPipedSession,
  openShell,
  openTerminalSession,
} from '../support/target.ts';

const HELP = 'Supported escape sequences:';

/** What a reader on the target receives of these keys, typed one by one, once it has this many bytes. */
async function received(t: TestContext, keys: string, count: number): Promise<string> {
  const { program } = await openTerminalSession(t, interactiveCommand(readBytes(count)));
  await program.screen.until('the reader', (text) => text.endsWith(READY));
  for (const key of keys) program.type(key);
  await program.end();
  return Buffer.from(
    (new RegExp(`${READY}([ 0-9a-f]*)`).exec(program.screen.text)?.[1] ?? '').replaceAll(' ', ''),
    'hex',
  ).toString();
}

describe('escapes at the start of a line in a terminal', () => {
  it('~. ends the session, on the service and the target, too', async (t) => {
    const { program, session } = await openShell(t);
    program.type('~.');
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.ok(
      program.screen.text.endsWith(
        `\r\n\r\nExiting session with sessionId: ${session.sessionId}.\r\n\r\n`,
      ),
      program.screen.text,
    );
    await session.closed;
    assert.equal(session.record.childProcesses, 0);
  });

  it('~. ends a session whose remote side hangs', async (t) => {
    const { program, session } = await openShell(t);
    session.cutAgent();
    program.type('~.');
    assert.equal((await program.end()).status, 0);
    await session.closed;
  });

  it('~. ends a session whose connection is lost', async (t) => {
    const { program, session } = await openShell(t);
    session.setGateway('down');
    session.cutClient();
    await session.until('a try to resume', ({ record }) => record.resumeCalls > 0);
    program.type('~.');
    assert.equal((await program.end()).status, 0);
    assert.equal((await session.closed).by, 'api');
  });

  it('~. ends a session that floods the terminal', async (t) => {
    const { program, session } = await openTerminalSession(t, interactiveCommand('yes'));
    await program.screen.until('the flood', (text) => text.includes('y'));
    program.type('~.');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    await session.closed;
  });

  it('~. works on a later line, too', async (t) => {
    const { program, session } = await openShell(t);
    program.type('echo something\r');
    await program.screen.until('its answer', (text) => /^something\r+\n\$ $/m.test(text));
    program.type('~.');
    assert.equal((await program.end()).status, 0);
    await session.closed;
  });

  it('~? lists them, and the session continues', async (t) => {
    const { program, session } = await openShell(t);
    program.type('~?');
    await program.screen.until('the list', (text) => text.includes(HELP));
    assert.equal(session.record.inputBytes, 0);
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);
  });

  it('~~ sends one ~', async (t) => {
    assert.equal(await received(t, '~~x', 2), '~x');
  });

  it('~ with any other key is sent as typed', async (t) => {
    assert.equal(await received(t, '~/bin', 5), '~/bin');
  });

  it('~ in the middle of a line is nothing special', async (t) => {
    assert.equal(await received(t, 'a~.~?~~b', 8), 'a~.~?~~b');
  });

  it('the start of a line that was typed and erased is no start of a line', async (t) => {
    assert.equal(await received(t, 'a\x7f~.', 4), 'a\x7f~.');
  });
});

describe('escapes without a terminal', () => {
  it('are sent as they are', async (t) => {
    const { program } = await openPipedSession(t, interactiveCommand(readBytes(4)));
    await program.stdout.until('the reader', (text) => text.endsWith(READY));
    program.stdin.write('~.~?');
    await program.end();
    assert.match(program.stdout.text, /ready: 7e 2e 7e 3f/);
  });
});
