import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { render } from '../../../support/screen.ts';
import { startInTerminal, type TerminalProgram } from '../../support/terminal-program.ts';
import type { Environment } from '../../support/program.ts';
import { PROMPT } from '../../support/target.ts';
import { startAccount, WEB_1, WEB_2, type Account } from '../support/account.ts';

const DATABASE: LocalNode = {
  id: 'i-00000000000000004',
  nameTag: 'database',
  computerName: 'db.example.internal',
  ipAddress: '10.0.0.20',
};
const SIZE = { cols: 120, rows: 30 };
const KEYS = {
  down: '\x1b[B',
  up: '\x1b[A',
  enter: '\r',
  interrupt: '\x03',
  end: '\x04',
  escape: '\x1b',
  suspend: '\x1a',
};
/** A shell that gets the terminal when the program has stopped, and lets it go on after Enter. */
const WITH_JOBS = ['bash', '-c', 'set -m; "$@"; echo "<stopped>"; read -r; fg', 'bash'];

interface Picking extends Account {
  readonly program: TerminalProgram;
}

/** Starts a command that asks for a target, and waits for the picker. */
async function pick(
  t: TestContext,
  args: readonly string[],
  through: readonly string[] = [],
  variables: Environment = {},
): Promise<Picking> {
  const account = await startAccount(t, [WEB_1, WEB_2, DATABASE]);
  const env = { ...account.env, ...variables };
  const program = await startInTerminal(t, args, { env, size: SIZE, through });
  await program.screen.until('the picker', (text) => text.includes('navigate'));
  return { ...account, program };
}

/** The output after the picker was drawn for the last time. */
function cursorLine(text: string): string {
  const drawn = text.slice(text.lastIndexOf('❯'));
  return drawn.split('\r\n')[0] ?? '';
}

async function untilChosen(program: TerminalProgram, id: string): Promise<void> {
  await program.screen.until(`the cursor at ${id}`, (text) => cursorLine(text).includes(id));
}

async function endShell(program: TerminalProgram): Promise<void> {
  await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
  program.type('exit\r');
  await program.end();
}

describe('the picker', () => {
  it('shows every node when no target is given, and Enter takes the one at the cursor', async (t) => {
    const { program, aws } = await pick(t, ['shell']);
    const nodes = [WEB_1, WEB_2, DATABASE];
    await program.screen.until('all nodes', (text) => nodes.every(({ id }) => text.includes(id)));
    await untilChosen(program, DATABASE.id);
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, DATABASE.id);
  });

  it('leaves the choice on the screen as a line, and nothing else of itself', async (t) => {
    const { program } = await pick(t, ['shell']);
    await untilChosen(program, DATABASE.id);
    program.type(KEYS.enter);
    await endShell(program);
    const { rows } = await render(program.screen.text, { size: SIZE });
    assert.equal(rows[0], `? Target: database (${DATABASE.id})`);
    assert.doesNotMatch(rows.join('\n'), /navigate|PING|web/);
  });

  it('leaves no line on the screen with --quiet', async (t) => {
    const { program } = await pick(t, ['exec', '--quiet', '--', 'printf', 'done']);
    program.type(KEYS.enter);
    await program.end();
    const { rows } = await render(program.screen.text, { size: SIZE });
    assert.deepEqual(rows, ['done']);
  });

  it('shows the Name tags, which Systems Manager does not list', async (t) => {
    const { program } = await pick(t, ['shell']);
    await program.screen.until('the tag', (text) => text.includes('database'));
    program.type(KEYS.interrupt);
    await program.end();
  });

  it('picks the target of a command after --, too', async (t) => {
    const { program, aws } = await pick(t, ['exec', '--', 'printf', 'done']);
    program.type(KEYS.enter);
    await program.end();
    assert.match(program.screen.text, /done$/);
    assert.equal(aws.sessions[0]?.request.Target, DATABASE.id);
  });

  it('goes up and down with the arrow keys', async (t) => {
    const { program, aws } = await pick(t, ['shell']);
    await untilChosen(program, DATABASE.id);
    program.type(KEYS.down);
    await untilChosen(program, WEB_1.id);
    program.type(KEYS.down);
    await untilChosen(program, WEB_2.id);
    program.type(KEYS.up);
    await untilChosen(program, WEB_1.id);
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, WEB_1.id);
  });

  it('leaves what has all the words that are typed, in any order', async (t) => {
    const { program, aws } = await pick(t, ['shell']);
    program.type('10.0.0.8 WEB');
    await untilChosen(program, WEB_2.id);
    await program.screen.until('the count', (text) => text.includes('1 of 3 •'));
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, WEB_2.id);
  });

  it('stays on Enter while nothing matches, and keeps what was typed', async (t) => {
    const { program, aws } = await pick(t, ['shell']);
    program.type(`webx${KEYS.enter}`);
    await program.screen.until('no match', (text) => text.includes('0 of 3 •'));
    program.type('\x7f\x1b[B');
    await untilChosen(program, WEB_2.id);
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, WEB_2.id);
  });

  it('shows only the nodes of a name that several have', async (t) => {
    const { program, aws } = await pick(t, ['shell', 'web']);
    assert.ok(!program.screen.text.includes(DATABASE.id));
    await untilChosen(program, WEB_1.id);
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, WEB_1.id);
  });

  for (const [name, key, expected] of [
    ['Ctrl-C', KEYS.interrupt, 130],
    ['Esc', KEYS.escape, 130],
    ['Ctrl-D', KEYS.end, 255],
  ] as const) {
    it(`is left with ${name}: no session, and the terminal as it was`, async (t) => {
      const { program, aws } = await pick(t, ['shell']);
      program.type(key);
      const { status, settings } = await program.end();
      assert.equal(status, expected, program.screen.text);
      assert.equal(settings, program.settingsBefore);
      assert.deepEqual(aws.sessions, []);
      const { rows } = await render(program.screen.text, { size: SIZE });
      assert.doesNotMatch(rows.join('\n'), /navigate|Target: |web/);
    });
  }

  it('is away while Ctrl-Z has stopped the program, and there again with what was typed', async (t) => {
    const { program, aws } = await pick(t, ['shell'], WITH_JOBS);
    program.type('10.0.0.8');
    await untilChosen(program, WEB_2.id);
    program.type(KEYS.suspend);
    await program.screen.until('the stop', (text) => text.includes('<stopped>'));
    const whileStopped = (await render(program.screen.text, { size: SIZE })).rows.join('\n');
    assert.doesNotMatch(whileStopped, /navigate|Target/);
    assert.equal(program.settings(), program.settingsBefore);
    program.type('\r');
    await program.screen.until('the picker again', (text) =>
      cursorLine(text.slice(text.indexOf('<stopped>'))).includes(WEB_2.id),
    );
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, WEB_2.id);
  });

  it('stays on Ctrl-Z where no shell would get the terminal', async (t) => {
    const { program, aws } = await pick(t, ['shell']);
    const { length } = program.screen.text;
    program.type(KEYS.suspend);
    await program.screen.until('the picker again', (text) => text.slice(length).includes('❯'));
    program.type('10.0.0.8');
    await untilChosen(program, WEB_2.id);
    program.type(KEYS.enter);
    await endShell(program);
    assert.equal(aws.sessions[0]?.request.Target, WEB_2.id);
  });

  it('is left with SIGTERM: no session, and the terminal as it was', async (t) => {
    const { program, aws } = await pick(t, ['shell']);
    assert.notEqual(program.settings(), program.settingsBefore, 'there was no raw mode');
    program.kill('SIGTERM');
    const { status, settings } = await program.end();
    assert.equal(status, 143, program.screen.text);
    assert.equal(settings, program.settingsBefore);
    assert.deepEqual(aws.sessions, []);
    assert.doesNotMatch(program.screen.text, /no target was chosen/);
    const { rows } = await render(program.screen.text, { size: SIZE });
    assert.doesNotMatch(rows.join('\n'), /navigate/);
  });

  it('is drawn on stderr, so that stdout is the remote side’s alone', async (t) => {
    const { program } = await pick(
      t,
      ['exec', 'web', '--', 'printf remote'],
      ['sh', '-c', 'printf "<%s>" "$("$@")"', 'sh'],
    );
    program.type(KEYS.enter);
    await program.end();
    assert.match(program.screen.text, /<remote>$/);
  });

  for (const [how, args, variables] of [
    ['--no-color', ['--no-color'], {}],
    ['NO_COLOR', [], { NO_COLOR: '1' }],
    ['TERM=dumb', [], { TERM: 'dumb' }],
  ] as const) {
    it(`has no colors with ${how}`, async (t) => {
      const { program } = await pick(t, ['shell', ...args], [], variables);
      program.type(KEYS.interrupt);
      await program.end();
      // Colors are "Select Graphic Rendition" (ECMA-48).
      assert.doesNotMatch(program.screen.text, new RegExp(String.raw`${'\x1b'}\[[\d;]*m`));
    });
  }
});
