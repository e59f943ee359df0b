import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextPart } from '../../../src/cli/framework/command-context.ts';
import {
  layOutRows,
  formatColumns,
  formatTable,
  type Column,
  type Table,
} from '../../../src/cli/output/table.ts';
import { render } from '../../support/screen.ts';

const COLUMNS: readonly Column[] = [
  { header: 'ID', narrowest: 'whole' },
  { header: 'NAME', narrowest: 6 },
];
const TABLE: Table = {
  columns: COLUMNS,
  rows: [
    ['i-1', 'a very long name of a machine'],
    ['i-22', 'short'],
  ],
};

function textOf(parts: readonly TextPart[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.text)).join('');
}

describe('a table', () => {
  it('has its columns below each other, and nothing after the last text of a line', () => {
    const table = { ...TABLE, rows: [...TABLE.rows, ['i-333', '']] };
    assert.equal(
      textOf(formatTable(table, 80)),
      'ID     NAME\ni-1    a very long name of a machine\ni-22   short\ni-333\n',
    );
  });

  it('is cut in its widest column until it fits the terminal', () => {
    const text = textOf(formatTable(TABLE, 20));
    assert.equal(text, 'ID    NAME\ni-1   a very long n…\ni-22  short\n');
    for (const line of text.split('\n')) assert.ok(line.length <= 20, line);
  });

  it('leaves of each column its least width on a terminal that is narrower', () => {
    assert.equal(textOf(formatTable(TABLE, 1)), 'ID    NAME\ni-1   a ver…\ni-22  short\n');
  });

  it('has a short header where a column is too narrow for the usual one', () => {
    const columns: readonly Column[] = [
      { header: 'ID', narrowest: 'whole' },
      { header: 'PING STATUS', shortHeader: 'STATUS', narrowest: 6 },
    ];
    const header = (width: number): string | undefined =>
      textOf(formatTable({ columns, rows: [['i-1', 'Online']] }, width)).split('\n')[0];
    assert.equal(header(16), 'ID   PING STATUS');
    assert.equal(header(15), 'ID   STATUS');
    assert.equal(header(11), 'ID   STATUS');
  });

  it('leaves out dispensable columns, the lowest number first, before it cuts below the least width', () => {
    const columns: readonly Column[] = [
      { header: 'ID', narrowest: 'whole' },
      { header: 'NAME', narrowest: 6, dispensable: 2 },
      { header: 'AGENT', narrowest: 'whole', dispensable: 1 },
    ];
    const table = { columns, rows: [['i-1', 'database-1', '3.3.987.0']] };
    const widths = [26, 22, 21, 12, 11];
    assert.deepEqual(
      widths.map((width) => textOf(formatTable(table, width)).split('\n')[1]),
      [
        'i-1  database-1  3.3.987.0',
        'i-1  datab…  3.3.987.0',
        'i-1  database-1',
        'i-1  databa…',
        'i-1  datab…',
      ],
    );
    assert.equal(textOf(formatTable(table, 10)), 'ID\ni-1\n');
  });

  it('is measured in the cells of a terminal', async () => {
    const rows = ['東京サーバー', '🙂🙂', 'cafe\u0301', '👍🏽 ok', '한국'].map((name) => [name, 'x']);
    const columns: readonly Column[] = [
      { header: 'NAME', narrowest: 'whole' },
      { header: 'LAST', narrowest: 'whole' },
    ];
    const output = textOf(formatTable({ columns, rows }, 80)).replaceAll('\n', '\r\n');
    for (const [i, [name]] of rows.entries()) {
      // The longest name takes 12 cells, and the gap two.
      const { rows: shown, beforeCursor } = await render(`${output}\x1b[${i + 2};15H`);
      assert.equal(shown[i + 1]?.slice(beforeCursor.length), 'x', String(name));
    }
  });

  it('cuts no character in two, however many code points it has', () => {
    const columns: readonly Column[] = [{ header: 'N', narrowest: 2 }];
    const cut = (name: string, width: number): string | undefined =>
      textOf(formatTable({ columns, rows: [[name]] }, width)).split('\n')[1];
    assert.equal(cut('東京サーバー', 6), '東京…');
    assert.equal(cut('東京サーバー', 5), '東京…');
    assert.equal(cut('東京サーバー', 4), '東…');
    assert.equal(cut('e\u0301e\u0301e\u0301e\u0301', 3), 'e\u0301e\u0301…');
    assert.equal(cut('👍🏽👍🏽👍🏽', 5), '👍🏽👍🏽…');
  });

  it('keeps the color of a text that is cut, and colors no space', () => {
    const columns: readonly Column[] = [
      { header: 'STATUS', narrowest: 4 },
      { header: 'X', narrowest: 'whole' },
    ];
    const rows = [
      [{ color: 'red', text: 'ConnectionLost' }, 'x'],
      [{ color: 'green', text: 'On' }, 'y'],
    ] as const;
    assert.deepEqual(formatTable({ columns, rows }, 9).slice(-8), [
      { color: 'red', text: 'Conne…' },
      '  ',
      'x',
      '\n',
      { color: 'green', text: 'On' },
      '      ',
      'y',
      '\n',
    ]);
  });

  it('is lines with tabs and no header for programs, cut nowhere', () => {
    assert.equal(formatColumns(TABLE), 'i-1\ta very long name of a machine\ni-22\tshort\n');
  });

  it('lets no name move the cursor, break a line or add a column', () => {
    const table = {
      columns: COLUMNS,
      rows: [['x\ty\nz', { color: 'red', text: '\x1b[2J' }]],
    } as const;
    assert.equal(formatColumns(table), 'x y z\t[2J\n');
    assert.equal(textOf(formatTable(table, 80)), 'ID     NAME\nx y z  [2J\n');
  });
});

describe('the rows of a list in a text', () => {
  it('have their columns below each other, without headers', () => {
    const rows = [
      ['🙂🙂', 'x'],
      ['abcde', 'y'],
    ];
    const columns = [
      { header: 'A LONG HEADER', narrowest: 'whole' },
      { header: '', narrowest: 3, dispensable: 1 },
    ] as const;
    assert.deepEqual(layOutRows({ columns, rows }, Infinity), ['🙂🙂   x', 'abcde  y']);
    assert.deepEqual(layOutRows({ columns, rows }, 6), ['🙂🙂', 'abcde']);
  });
});
