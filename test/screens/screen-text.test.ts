import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../support/screen.ts';
import { looksText, ruler, screenText } from './support/screen-text.ts';

const SIZE = { cols: 12, rows: 4 };

describe('the text of a screen', () => {
  it('marks the rows that the edge of the terminal has broken', async () => {
    const screen = await render('a line that breaks\r\n', { size: SIZE });
    assert.equal(screenText(screen, false), 'a line that ↩\nbreaks\n');
  });

  it('shows the cursor of a program that still runs', async () => {
    assert.equal(screenText(await render('Name: ', { size: SIZE }), true), 'Name: █\n');
    const inText = await render('abc\x1b[2D', { size: SIZE });
    assert.equal(screenText(inText, true), 'abc\n(cursor: row 1, column 2)\n');
  });

  it('names the looks that are not the usual ones', async () => {
    const screen = await render('\x1b[1mA\x1b[0m b \x1b[2;31mc d\x1b[0m\r\nplain\r\n\x1b[96;7me', {
      size: SIZE,
    });
    assert.equal(
      looksText(screen),
      'row 1: bold "A", dim red "c d"\nrow 3: inverse bright cyan "e"\n',
    );
  });

  it('comes below a ruler as wide as the terminal', () => {
    assert.equal(ruler([40, 60]), '──── 40, 60 columns ────────────────────');
    assert.equal(ruler([40]).length, 40);
  });
});
