import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Tool } from '../../../../build/tool.ts';
import { quoteForShell } from '../../../../src/lib/quote-for-shell.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { LESS, VIM } from '../../../support/tools.ts';

/** A program that takes the whole screen, in a terminal of 80 columns and 24 rows. */
export interface FullScreenProgram {
  readonly name: string;
  /** Undefined for a recording. */
  readonly tool?: Tool;
  /** What is run on the target; it draws the screen and waits for a line, or keys. */
  command(t: TestContext): string;
  /** Part of what it has drawn when it waits. */
  readonly drawn: string;
  /** What it has to be typed for a normal end. */
  readonly quit: string;
}

interface Recording {
  readonly begins: string;
  readonly ends: string;
}

/** htop 3.2.2 with ncurses 6.4, TERM=xterm-256color. */
const HTOP: Recording = {
  begins:
    '\x1b[?1049h\x1b[22;0;0t\x1b[1;24r\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[?1h\x1b=\x1b[?25l\x1b[39;49m' +
    '\x1b[?1006;1000h\x1b[39;49m\x1b(B\x1b[m\x1b[H\x1b[2J\x1b[2d  \x1b[36m  0\x1b[39m\x1b(B\x1b[0;1m[' +
    '\x1b(B\x1b[0m\x1b[32m|||||\x1b[31m|||100.0%\x1b[39m\x1b(B\x1b[0;1m]\x1b(B\x1b[m \x1b[36mTasks: ',
  ends:
    '\x1b[30m\x1b[46mQuit\x1b[K\x1b[39;49m\x1b(B\x1b[m\r\x1b[J\x1b[?12l\x1b[?25h\x1b[?1006;1000l' +
    '\x1b[24;1H\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>',
};
/** mc 4.8.29 with S-Lang 2.3.3, TERM=xterm-256color. */
const MC: Recording = {
  begins:
    '\x1b[?1049h\x1b[22;0;0t\x1b[1;24r\x1b[4l\x1b[24;1H\x1b(B\x1b[m\x1b[37m\x1b[40m\x1b(B\x1b[m\x1b[39;49m' +
    '\r\x1b[K\r\x1b[?1049l\x1b[23;0;0t\x1b[?1001s\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1049h' +
    '\x1b[22;0;0t\x1b[1;24r\x1b[4l\x1b[?1h\x1b=\x1b[?1h\x1b=\x1b(B\x1b[m\x1b[39m\x1b[49m\x1b[1;24r\x1b[H' +
    '\x1b[2J\x1b[1;1H\x1b[2;79H\x1b[1K \x1b[37m\x1b[44m\x1b]0;mc [web-1]:~\x07\x1b>\r<- Tasks: ',
  ends:
    '\x1b[1;80H\x1b[?2004l\x1b[?1006l\x1b[?1002l\x1b[?1001r\x1b[?1l\x1b>\x1b[24;1H\x1b(B\x1b[m\x1b[39;49m' +
    '\r\x1b[K\r\x1b[?1049l\x1b[23;0;0t\x1b[39;49m',
};
/** Keys of kitty, the shape of the cursor, a title: what Neovim and Helix switch on. */
const EDITOR: Recording = {
  begins:
    '\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[>1u\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?1003;1006h\x1b[2 q' +
    '\x1b]2;notes.txt\x07\x1b[2;20r\x1b[?2026h\x1b[?25l\x1b[HTasks: ',
  ends:
    '\x1b[?25h\x1b[?2026l\x1b[r\x1b[?1003;1006l\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>\x1b[<u\x1b[>4;m\x1b[0 q' +
    '\x1b[?1049l\x1b[23;0;0t',
};
const WORD = 'Tasks:';

/** A program that plays a recording, and its end when a line is typed. */
export function play(name: string, { begins, ends }: Recording): FullScreenProgram {
  return {
    name,
    command(t) {
      const directory = temporaryDirectory(t);
      const [beginning, end] = ['begins', 'ends'].map((file) => join(directory, file));
      writeFileSync(beginning ?? '', begins);
      writeFileSync(end ?? '', ends);
      const show = (path = ''): string => `cat ${quoteForShell(path)}`;
      return `stty -echo; ${show(beginning)}; read line; ${show(end)}`;
    },
    drawn: WORD,
    quit: '\r',
  };
}

export const FULL_SCREEN_PROGRAMS: readonly FullScreenProgram[] = [
  {
    name: 'vim',
    tool: VIM,
    command: () => "TERM=xterm-256color vim -N -u NONE -c 'set mouse=a' -c 'normal iTasks:'",
    drawn: WORD,
    quit: ':q!\r',
  },
  {
    name: 'less',
    tool: LESS,
    command: () => "yes 'Tasks: ' | head -n 500 | TERM=xterm-256color LESS= less",
    drawn: WORD,
    quit: 'q',
  },
  play('htop, recorded', HTOP),
  play('mc, recorded', MC),
  play('an editor with the keys of kitty', EDITOR),
  // The connection ends where the network has split the output.
  play('htop, cut in the middle of a sequence', { ...HTOP, begins: `${HTOP.begins}\x1b[38;5` }),
  play('mc, cut in the middle of a title', { ...MC, begins: `${MC.begins}\x1b]0;mc [web` }),
];

/** Whether the program can be run here; the test is skipped when it cannot. */
export function requireProgram(t: TestContext, { tool }: FullScreenProgram): boolean {
  return tool === undefined || requireTools(t, tool);
}
