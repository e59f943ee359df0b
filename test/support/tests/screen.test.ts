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
    assert.deepEqual(screen.cursor, { row: 6, column: 1 });
    assert.equal(screen.cursorLine, 2);
    assert.equal(screen.beforeCursor, '$ 3456789ab');
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
