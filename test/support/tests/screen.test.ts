import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createScreen, render } from '../screen.ts';

describe('the screen of the tests', () => {
  it('has lines that were overwritten, erased and scrolled', async () => {
    const { rows, cursorLine, beforeCursor } = await render(
      'one\r\ntwo\rT\r\nthree\x1b[1A\x1b[2K\rnew\x1b[1B\x1b[3D*',
    );
    assert.deepEqual(rows, ['one', 'new', '*hree']);
    assert.equal(cursorLine, 2);
    assert.equal(beforeCursor, '*');
  });

  it('shows no colours, titles and modes', async () => {
    const { rows } = await render(
      '\x1b[?25l\x1b[1;31mred\x1b[0m\x1b]0;title\x07 text\x1b[K\x1b[?25h',
    );
    assert.deepEqual(rows, ['red text']);
  });

  it('keeps what has scrolled away', async () => {
    const { rows, cursor } = await render('1\r\n2\r\n3\r\n4\r\n', { size: { cols: 10, rows: 2 } });
    assert.deepEqual(rows, ['1', '2', '3', '4', '']);
    assert.deepEqual(cursor, { row: 4, column: 0 });
  });

  it('puts lines together that were too long for it', async () => {
    const screen = await render('above\r\n0123 5678 0123\r\n$ 3456789ab', { size: { cols: 5 } });
    assert.deepEqual(screen.rows, ['above', '0123', '5678', '0123', '$ 345', '6789a', 'b']);
    assert.deepEqual(screen.lines, ['above', '0123 5678 0123', '$ 3456789ab']);
    assert.deepEqual([...screen.brokenRows], [1, 2, 4, 5]);
    assert.deepEqual(screen.cursor, { row: 6, column: 1 });
    assert.equal(screen.cursorLine, 2);
    assert.equal(screen.beforeCursor, '$ 3456789ab');
  });

  it('knows how characters look', async () => {
    const { styledRows } = await render(
      'a\x1b[1;31mb字\x1b[0;2mc\x1b[0;4;7;48;2;1;2;255md\x1b[0;3;94me\x1b[0m',
      { size: { cols: 8 } },
    );
    const plain = {
      ...{ isBold: false, isDim: false, isItalic: false, isUnderlined: false, isInverse: false },
      ...{ foreground: undefined, background: undefined },
    };
    assert.deepEqual(styledRows, [
      [
        { text: 'a', column: 0, width: 1, style: plain },
        { text: 'b字', column: 1, width: 3, style: { ...plain, isBold: true, foreground: 1 } },
        { text: 'c', column: 4, width: 1, style: { ...plain, isDim: true } },
        {
          ...{ text: 'd', column: 5, width: 1 },
          style: { ...plain, isUnderlined: true, isInverse: true, background: '#0102ff' },
        },
        { text: 'e', column: 6, width: 1, style: { ...plain, isItalic: true, foreground: 12 } },
        { text: ' ', column: 7, width: 1, style: plain },
      ],
    ]);
  });

  it('breaks lines anew when it is resized', async () => {
    const screen = createScreen({ size: { cols: 10 }, convertEol: true });
    await screen.write('0123456789abc\n');
    screen.resize(5);
    assert.deepEqual(screen.rows, ['01234', '56789', 'abc', '']);
    screen.resize(20);
    assert.deepEqual(screen.rows, ['0123456789abc', '']);
  });
});
