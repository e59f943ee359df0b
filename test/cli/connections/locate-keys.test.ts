import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'smol-toml';
import { lineFinder, locateKeys } from '../../../src/cli/connections/locate-keys.ts';

/** Everything in TOML that looks like a key, a table or a line break, and is none. */
const TEXT = `# [no] key = 1
first = "a" # b = 2
second.part = 'c = 3'
"quoted \\u0041" = """
[no]
d = 4 \\""" """

[table] # [no]
'literal' = [
  "[no]", # e = 5
  { f = 6 },
]
inline = { g = 7 }
long = '''
[no]
h = 8'''

[table.below."in quotes"]
i = 9
[[list]]
j = 10\r
[[list]]
j = 11
`;

describe('the places of keys', () => {
  it('have the line where each key begins, of the tables, too', () => {
    parse(TEXT);
    assert.deepEqual(
      locateKeys(TEXT).map(({ keys, line }) => `${line} ${keys.join('/')}`),
      [
        '2 first',
        '3 second/part',
        '4 quoted A',
        '8 table',
        '9 table/literal',
        '13 table/inline',
        '14 table/long',
        '18 table/below/in quotes',
        '19 table/below/in quotes/i',
        '20 list',
        '21 list/j',
        '22 list',
        '23 list/j',
      ],
    );
  });

  it('of what has none are those of the table around it', () => {
    const findLine = lineFinder(TEXT);
    assert.equal(findLine('table', 'literal'), 9);
    assert.equal(findLine('table', 'inline'), 13);
    assert.equal(findLine('table', 'missing'), 8);
    assert.equal(findLine('second'), 3);
    assert.equal(findLine('missing'), 1);
  });
});
