import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alignRows, formatColumns, formatTable } from '../../../src/cli/output/table.ts';

const TABLE = {
  header: ['ID', 'NAME'],
  rows: [
    ['i-1', 'a very long name of a machine'],
    ['i-22', 'short'],
  ],
};

describe('a table', () => {
  it('stands in columns, with nothing behind the last', () => {
    assert.equal(
      formatTable(TABLE, 80),
      'ID    NAME\ni-1   a very long name of a machine\ni-22  short\n',
    );
  });

  it('is cut in its widest column until it fits the terminal', () => {
    const text = formatTable(TABLE, 20);
    assert.equal(text, 'ID    NAME\ni-1   a very long n…\ni-22  short\n');
    for (const line of text.split('\n')) assert.ok(line.length <= 20, line);
  });

  it('leaves something of every column on a terminal that is narrower than sense', () => {
    assert.equal(formatTable(TABLE, 1), 'ID    NAME\ni-1   a ver…\ni-22  short\n');
  });

  it('counts characters, not the units they are stored in', () => {
    assert.deepEqual(
      alignRows([
        ['🙂🙂', 'x'],
        ['abc', 'y'],
      ]),
      ['🙂🙂   x', 'abc  y'],
    );
  });

  it('is lines with tabs and no header for programs, cut nowhere', () => {
    assert.equal(formatColumns(TABLE), 'i-1\ta very long name of a machine\ni-22\tshort\n');
  });

  it('lets no name move the cursor, break a line or add a column', () => {
    assert.equal(formatColumns({ header: ['A'], rows: [['x\ty\nz']] }), 'x y z\n');
  });
});
