import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createScreen, type Screen } from '../../support/screen.ts';
import {
  FULL_SCREEN_PROGRAMS,
  requireProgram,
  type FullScreenProgram,
} from './support/full-screen-programs.ts';
import { loseConnection } from './support/lose-connection.ts';
import {
  interactiveCommand,
  nonInteractiveCommand,
  openTerminalSession,
  type TerminalSession,
} from '../support/target.ts';
import type { TerminalOptions } from '../support/terminal-program.ts';
import { terminateSession } from '../support/terminate-session.ts';
import { THROWS } from '../support/throwing/throws.ts';

/** Cursor keys, cursor, mouse, focus, paste, synchronized output: all that xterm.js exposes. */
const MODES = [1, 7, 25, 9, 1000, 1002, 1003, 1004, 1006, 1016, 2004, 2026];
/** What xterm.js does not have: what switches it on, and what has to follow. */
const UNKNOWN_TO_XTERM_JS = [
  { on: '\x1b[>4;2m', off: '\x1b[>4m' },
  { on: '\x1b[>1u', off: '\x1b[<1u' },
  { on: '\x1b[2 q', off: '\x1b[0 q' },
];

interface Cut {
  readonly name: string;
  readonly cut: (opened: TerminalSession) => unknown;
  readonly status: number;
  readonly options?: TerminalOptions;
}

const CUTS: readonly Cut[] = [
  { name: '~.', cut: ({ program }) => program.type('~.'), status: 0 },
  { name: 'SIGTERM', cut: ({ program }) => program.kill('SIGTERM'), status: 143 },
  { name: 'SIGUSR1', cut: ({ program }) => program.kill('SIGUSR1'), status: 138 },
  {
    name: 'the service, with a reason',
    cut: ({ session }) => session.terminate('Session timed out due to inactivity.'),
    status: 0,
  },
  { name: 'TerminateSession, called elsewhere', cut: terminateSession, status: 0 },
  {
    name: 'the loss of the connection',
    cut: loseConnection,
    status: 1,
  },
  {
    name: 'an internal error',
    cut: ({ program }) => program.kill('SIGUSR2'),
    status: 1,
    options: { env: THROWS },
  },
];

/** Opens a session in which the program has drawn its screen. */
async function draw(
  t: TestContext,
  program: FullScreenProgram,
  options: TerminalOptions = {},
): Promise<TerminalSession> {
  const opened = await openTerminalSession(t, interactiveCommand(program.command(t)), options);
  const { screen } = opened.program;
  await screen.until('what the program draws', (text) => text.includes(program.drawn));
  return opened;
}

async function shown({ program }: TerminalSession): Promise<Screen> {
  const screen = createScreen();
  await screen.write(program.screen.text);
  return screen;
}

async function modesOf(screen: Screen): Promise<readonly boolean[]> {
  return Promise.all(MODES.map((mode) => screen.hasMode(mode)));
}

describe('a terminal in which a full-screen program is cut off', () => {
  for (const program of FULL_SCREEN_PROGRAMS) {
    for (const { name, cut, status, options } of CUTS) {
      it(`is as it was before: ${program.name}, cut off by ${name}`, async (t) => {
        if (!requireProgram(t, program)) return;
        const opened = await draw(t, program, options);
        await cut(opened);
        const end = await opened.program.end();
        assert.deepEqual(end, { status, settings: opened.program.settingsBefore });
        const screen = await shown(opened);
        assert.equal(screen.showsAlternate, false);
        assert.deepEqual(await modesOf(screen), await modesOf(createScreen()));
        const { text } = opened.program.screen;
        for (const { on, off } of UNKNOWN_TO_XTERM_JS) {
          if (text.includes(on)) assert.ok(text.lastIndexOf(off) > text.lastIndexOf(on), off);
        }
        assert.match(screen.rows.join('\n'), /^Starting session with SessionId/m);
        assert.ok(!screen.rows.some((row) => row.includes(program.drawn)), screen.rows.join('\n'));
      });
    }
  }
});

describe('a full-screen program that ends normally', () => {
  for (const program of FULL_SCREEN_PROGRAMS) {
    it(`is followed by nothing but the exit text: ${program.name}`, async (t) => {
      if (!requireProgram(t, program)) return;
      const last = `${program.command(t)}; printf LAST`;
      const opened = await draw(t, { ...program, command: () => last });
      opened.program.type(program.quit);
      assert.equal((await opened.program.end()).status, 0);
      assert.match(
        opened.program.screen.text,
        /LAST\r\n\r\nExiting session with sessionId: [^\n]+\r\n\r\n$/,
      );
    });
  }
});

describe('a command that has reported its status', () => {
  it('leaves on what it has switched on', async (t) => {
    const requested = nonInteractiveCommand(String.raw`printf '\033[?25l'`, true);
    const opened = await openTerminalSession(t, requested);
    assert.equal((await opened.program.end()).status, 0);
    assert.equal(await (await shown(opened)).hasMode(25), false);
  });
});
