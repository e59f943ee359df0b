import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTerminalModes, type TerminalModes } from '../../src/terminal/terminal-modes.ts';
import { seeded, type Random } from '../support/random.ts';
import { createScreen } from '../support/screen.ts';

const ROWS = 24;
const CANCEL = '\x18';

function modesAfter(...outputs: readonly string[]): TerminalModes {
  const modes = createTerminalModes(() => ROWS);
  for (const output of outputs) modes.track(Buffer.from(output));
  return modes;
}

const undoOf = (...outputs: readonly string[]): string => modesAfter(...outputs).undo();

/** What switches something on, and what undoes exactly that. */
const SWITCHES: readonly (readonly [name: string, on: string, undo: string])[] = [
  ['the alternate screen, 1049', '\x1b[?1049h', '\x1b[?1049l'],
  ['the alternate screen, 1047', '\x1b[?1047h', '\x1b[?1047l'],
  ['the alternate screen, 47', '\x1b[?47h', '\x1b[?47l'],
  ['the alternate screen behind a saved cursor', '\x1b7\x1b[?47h', '\x1b[?47l\x1b8'],
  ['the alternate screen with mode 1048', '\x1b[?1048h\x1b[?1047h', '\x1b[?1047l\x1b8'],
  ...[1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 9, 2004, 2026, 2048].map(
    (mode) => [`mode ${mode}`, `\x1b[?${mode}h`, `\x1b[?${mode}l`] as const,
  ),
  ['a hidden cursor', '\x1b[?25l', '\x1b[?25h'],
  ['no line breaks', '\x1b[?7l', '\x1b[?7h'],
  ['cursor keys of an application', '\x1b[?1h', '\x1b[?1l'],
  ['several modes at once', '\x1b[?1;1000;1006h', '\x1b[?1006l\x1b[?1000l\x1b[?1l'],
  ['a keypad of an application', '\x1b=', '\x1b>'],
  ['one level of kitty keys', '\x1b[>1u', '\x1b[<1u'],
  ['three levels of kitty keys, one left', '\x1b[>1u\x1b[>5u\x1b[>u\x1b[<u', '\x1b[<2u'],
  ['kitty keys that are set', '\x1b[=5;1u', '\x1b[=0u'],
  ['kitty keys of both screens', '\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[>3u', undefined],
  ['modifyOtherKeys', '\x1b[>4;2m', '\x1b[>4m'],
  ['the shape of the cursor', '\x1b[6 q', '\x1b[0 q'],
  ['a pushed title', '\x1b[22;2t', '\x1b[23;2t'],
  ['two pushed titles', '\x1b[22;0;0t\x1b[22;1t', '\x1b[23;1t\x1b[23;0t'],
  ['margins', '\x1b[2;20r', '\x1b7\x1b[r\x1b8'],
  ['margins of the alternate screen', '\x1b[?1049h\x1b[2;20r', '\x1b[r\x1b[?1049l'],
  ['bold', '\x1b[0;1m', '\x1b[m'],
  ['colour 0 of the palette', '\x1b[38;5;0m', '\x1b[m'],
  ['black of all colours', '\x1b[48;2;0;0;0m', '\x1b[m'],
  ['an underline with details', '\x1b[4:0:1m', '\x1b[m'],
  ['line drawing', '\x1b(0', '\x1b(B'],
  [
    'what comes back with the main screen',
    '\x1b[1m\x1b(0\x1b[?1049h\x1b(B\x1b[m',
    '\x1b[?1049l\x1b(B\x1b[m',
  ],
  ['inserting', '\x1b[4h', '\x1b[4l'],
  ['a mode put back to what was saved', '\x1b[?1h\x1b[?1s\x1b[?1l\x1b[?1r', '\x1b[?1l'],
].map(([name = '', on = '', undo]) => [name, on, undo ?? '\x1b[<2u\x1b[?1049l\x1b[<1u']);

/** What leaves nothing on. */
const NOTHING_ON: readonly (readonly [name: string, output: string])[] = [
  ['text', 'total 0\r\n$ '],
  ['what is switched on and off', '\x1b[?1049h\x1b[?1;25l\x1b[?25h\x1b[?1049l'],
  ['a line of a shell', '\x1b[?2004h\x1b[1m$ \x1b[0mls\r\n\x1b[?2004l\r'],
  ['a keypad that was numeric all the time', '\x1b>'],
  ['kitty keys that are popped', '\x1b[>1u\x1b[>1u\x1b[<2u'],
  ['kitty keys that are set to nothing', '\x1b[=3u\x1b[=0u'],
  ['modifyOtherKeys that is switched off as by vim', '\x1b[>4;2m\x1b[>4;m'],
  ['the usual shape of the cursor', '\x1b[2 q\x1b[ q'],
  ['titles that are popped', '\x1b[22;0;0t\x1b[23;0;0t'],
  ['a title', '\x1b]0;web-1\x07'],
  ['margins of the whole screen', '\x1b[2;20r\x1b[1;24r'],
  ['margins that are taken away', '\x1b[2;20r\x1b[r'],
  ['colours that are taken away', '\x1b[1;31m\x1b[1;0m'],
  [
    'attributes that are taken away one by one',
    '\x1b[1;4;7;38;5;7;48;2;1;2;3m\x1b[22;24;27m\x1b[39;49m',
  ],
  ['attributes that were never there', '\x1b[27m\x1b[23m\x1b[29m'],
  ['letters behind line drawing', '\x1b(0qqq\x1b(B'],
  ['questions to the terminal', '\x1b[?u\x1b[?25$p\x1b[c\x1b[>0q\x1b]11;?\x1b\\'],
  ['modes in a title', '\x1b]0;[?1049h\x07\x1bP[?25l\x1b\\'],
  ['a cancelled sequence', '\x1b[?1049\x18h'],
  ['a reset', '\x1b[?1049;1000;2004h\x1b=\x1b[>1u\x1b[>4;1m\x1b[5 q\x1b[22t\x1b[1m\x1b(0\x1bc'],
  ['a soft reset', '\x1b[?1h\x1b[?25l\x1b=\x1b[3;4r\x1b[1m\x1b(0\x1b[4h\x1b[!p'],
];

describe('what a cut-off program has switched on in a terminal', () => {
  for (const [name, output, undo] of SWITCHES) {
    it(`is undone, and nothing else: ${name}`, () => {
      assert.equal(undoOf(output), undo);
    });
  }

  for (const [name, output] of NOTHING_ON) {
    it(`is nothing: ${name}`, () => {
      assert.equal(undoOf(output), '');
    });
  }

  it('is found however the output is split', () => {
    for (const [name, output, undo] of SWITCHES) {
      assert.equal(undoOf(...output.split(/(?:)/)), undo, name);
      for (let at = 0; at <= output.length; at++) {
        assert.equal(undoOf(output.slice(0, at), output.slice(at)), undo, `${name}, at ${at}`);
      }
    }
  });

  it('leaves mouse and paste on at a soft reset, as terminals differ there', () => {
    assert.equal(undoOf('\x1b[?1049;1000h\x1b[!p'), '\x1b[?1000l\x1b[?1049l');
  });

  it('keeps what the main screen has saved at a soft reset on the alternate one, as xterm.js does', () => {
    assert.equal(undoOf('\x1b(0\x1b[1m\x1b[?1049h\x1b[!p'), '\x1b[?1049l\x1b(B\x1b[m');
  });

  it('leaves the cursor hidden at a reset, as xterm.js does', () => {
    assert.equal(undoOf('\x1b[?1049h\x1b[?25l\x1bc'), '\x1b[?25h');
  });

  it('is undone once', () => {
    const modes = modesAfter('\x1b[?1049h\x1b]0;half');
    assert.notEqual(modes.undo(), '');
    assert.equal(modes.undo(), '');
  });

  it('may be meant to stay', () => {
    const modes = modesAfter('\x1b[?25l');
    modes.clear();
    assert.equal(modes.undo(), '');
  });

  it('takes no more memory than fixed bounds, whatever comes', () => {
    const modes = modesAfter(
      '\x1b[>1u'.repeat(1_000),
      '\x1b[22t'.repeat(1_000),
      `\x1b[${'1;'.repeat(100_000)}`,
    );
    assert.equal(modes.unfinished, undefined);
    assert.equal(modes.undo(), `${CANCEL}\x1b[<16u${'\x1b[23;0t'.repeat(10)}`);
  });
});

describe('a sequence that the output ends in', () => {
  for (const [name, output, unfinished, cancel] of [
    ['none', 'abc\x1b[m', '', ''],
    ['an escape', 'abc\x1b', '\x1b', CANCEL],
    ['a control sequence', 'abc\x1b[38;5', '\x1b[38;5', CANCEL],
    ['a title', '\x1b]0;web', '\x1b]0;web', `${CANCEL}\x1b\\`],
  ] as const) {
    it(`is kept and can be cancelled: ${name}`, () => {
      for (const modes of [modesAfter(output), modesAfter(...output.split(/(?:)/))]) {
        assert.equal(modes.unfinished?.toString(), unfinished);
        assert.equal(modes.cancel(), cancel);
      }
    });
  }
});

describe('where the output has left the terminal', () => {
  for (const [screen, output] of [
    ['line-start', ''],
    ['line-start', 'total 0\r\n'],
    ['in-line', 'total 0\r\n$ '],
    ['in-line', '50 %\r'],
    ['in-line', '\x1b]0;a\n'],
    ['full-screen', '\x1b[?1049h\r\n'],
    ['full-screen', '\x1b[?25l 50 %\r'],
    ['full-screen', '\x1b[?1000h'],
    ['full-screen', '\x1b[1;20r'],
    ['in-line', '\x1b[?1049h~\x1b[?1049l'],
  ] as const) {
    it(`is ${screen} after ${JSON.stringify(output)}`, () => {
      assert.equal(modesAfter(output).screen, screen);
    });
  }
});

describe('a terminal in which a program was cut off anywhere', () => {
  const RUNS = 60;
  const MODES = [1, 7, 25, 9, 1000, 1002, 1003, 1004, 1006, 1016, 2004, 2026];
  const PIECES = [
    ...MODES.flatMap((mode) => [`\x1b[?${mode}h`, `\x1b[?${mode}l`]),
    ...['\x1b[?1049h', '\x1b[?1049l', '\x1b[?47h', '\x1b[?47l', '\x1b[?1047h', '\x1b[?1047l'],
    ...['\x1b[?1;25l', '\x1b[?1;1000;1006h', '\x1b=', '\x1b>', '\x1b[4h', '\x1b(0', '\x1b(B'],
    ...['\x1bc', '\x1b[!p', '\x1b[3;7r', '\x1b[r', '\x1b[1;38;5;0m', '\x1b[m', '\x1b[2;3H'],
    ...['\x1b]0;title\x07', '\x1bPq???\x1b\\', '\x1b7', '\x1b8', 'text\r\n', '\x18', '\x1b[?1000s'],
  ] as const;
  const begin = (random: Random): string =>
    Array.from({ length: random.between(1, 30) }, () => random.pick(['', ...PIECES])).join('');

  it('is as it was at first', async () => {
    const fresh = createScreen();
    for (let run = 0; run < RUNS; run++) {
      await seeded(async (random) => {
        const whole = begin(random);
        const cut = whole.slice(0, random.between(1, whole.length));
        const screen = createScreen();
        await screen.write(`${cut}${undoOf(cut)}`);
        assert.equal(screen.showsAlternate, false, JSON.stringify(cut));
        for (const mode of MODES) {
          assert.equal(
            await screen.hasMode(mode),
            await fresh.hasMode(mode),
            `mode ${mode} behind ${JSON.stringify(cut)}`,
          );
        }
        await screen.write('\r\n\x1b[Kqqq$ ');
        assert.equal(screen.beforeCursor, 'qqq$ ', JSON.stringify(cut));
      });
    }
  });
});

describe('lines of the program', () => {
  for (const [name, output, lines, expected] of [
    ['begin a new line after a prompt', '$ ', 'Bye.\n', '\nBye.\n'],
    ['begin no further line after a line break', 'total 0\r\n', 'Bye.\n', 'Bye.\n'],
    ['get no second line break', '$ ', '\n\nBye.\n', '\n\nBye.\n'],
    ['let an unfinished sequence go on', '$ \x1b[3', 'Bye.\n', '\x18\nBye.\n\x1b[3'],
    ['leave the screen of a full-screen program alone', '\x1b[?1049hx', 'Bye.\n', 'Bye.\n'],
  ] as const) {
    it(name, () => {
      const modes = modesAfter(output);
      assert.equal(Buffer.from(modes.insertLines(lines)).toString(), expected);
    });
  }

  it('are followed by others without an empty line, and by output of the remote side', () => {
    const modes = modesAfter('$ ');
    modes.insertLines('One.\n');
    assert.equal(Buffer.from(modes.insertLines('Two.\n')).toString(), 'Two.\n');
    modes.track(Buffer.from('typed'));
    assert.equal(Buffer.from(modes.insertLines('Three.\n')).toString(), '\nThree.\n');
  });
});
