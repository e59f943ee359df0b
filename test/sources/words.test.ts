import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';

/** What a reader must read twice; the linter has the same list for the texts of the program. */
const RIDDLES =
  /\b(?:whoever|nobody|somebody|is to be had|those there are|parted by|own word|farewell|complain|machines there are|leads? to|nothing came within|see whether|networks of companies)\b/i;

const root = new URL('../../', import.meta.url);
const guides = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

for (const guide of guides) {
  it(`${guide} is written in standard terms`, () => {
    const lines = readFileSync(new URL(guide, root), 'utf8').split('\n');
    const found = lines.flatMap((line, index) =>
      RIDDLES.test(line) ? [`${guide}:${index + 1}: ${line}`] : [],
    );
    assert.deepEqual(found, []);
  });
}
