import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Constant, constantsNamed, evaluate, readConstants } from './support/constants.ts';
import { codeSpans, readDocument, tableRows } from './support/markdown.ts';

const DOCUMENT = 'docs/design/limits.md';

/** Names that limits have. */
const LIMIT =
  /_(?:MS|MILLISECONDS|SECONDS|BYTES|LIMIT|CHARACTERS|MESSAGES|ENTRIES|RESENDS|TRIES|RESUME|PAGE)$|^(?:MAX|MOST|MIN|LONGEST|LARGEST|HIGHEST|LEAST)_|^DEFAULT_\w+_PER_SECOND$/;
/** In milliseconds or bytes. A unit that is not here (bytes, characters) changes nothing. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  KiB: 1024,
  MiB: 1024 * 1024,
};
const MS_PER_SECOND = 1000;

const constants = readConstants();
const rows = tableRows(readDocument(DOCUMENT));
const relations = rows.map(([cell = '']) => codeSpans(cell)[0] ?? '').filter(isRelation);
const limits = rows
  .filter(([cell = '']) => !isRelation(cell))
  .map(([cell = '', value = '']) => ({ name: codeSpans(cell)[0] ?? '', value }));

describe('the limits', () => {
  it('are all in the document', () => {
    const documented = new Set(
      limits.flatMap(({ name }) => constantsNamed(constants, name).map(placeOf)),
    );
    const missing = constants.filter(({ name }) => LIMIT.test(name)).map(placeOf);
    assert.deepEqual(
      missing.filter((place) => !documented.has(place)),
      [],
      `${DOCUMENT} needs a row for these`,
    );
  });

  for (const { name, value } of limits) {
    it(`${name} is ${value}`, () => {
      const raw = evaluate(constants, name) ?? NaN;
      const factor = name.endsWith('_SECONDS') ? MS_PER_SECOND : 1;
      assert.equal(raw * factor, parseValue(value));
    });
  }

  for (const relation of relations) {
    it(`hold ${relation}`, () => {
      const parts = relation.split(/<=?/);
      const values = parts.map((part) => evaluate(constants, part) ?? NaN);
      for (const [at, operator] of [...relation.matchAll(/<=?/g)].entries()) {
        const [smaller = NaN, larger = NaN] = values.slice(at);
        const holds = operator[0] === '<' ? smaller < larger : smaller <= larger;
        assert.ok(holds, `${smaller} ${operator[0]} ${larger} is false`);
      }
    });
  }

  it('are found in the sources and in the document', () => {
    assert.ok(limits.length > 100);
    assert.ok(relations.length > 20);
  });
});

describe('the reader of constants', () => {
  const some = [
    { name: 'KIB', path: 'src/a/one.ts', expression: '1024' },
    { name: 'SIZE', path: 'src/a/one.ts', expression: '64 * KIB - 1 / 2' },
    { name: 'SIZE', path: 'src/b/two.ts', expression: '2_000' },
  ];

  it('computes sums of products', () => {
    assert.equal(evaluate(some, '1 + 2 * 3 - 4 / 2'), 5);
    assert.equal(evaluate(some, 'a:SIZE'), 65_535.5);
    assert.equal(evaluate(some, 'two:SIZE + KIB'), 3024);
  });

  it('takes nothing else', () => {
    for (const text of ['(1 + 2) * 3', '2 ** 3', 'f(1)', '', '1 +', "'x'"]) {
      assert.equal(evaluate(some, text), undefined, text);
    }
  });

  it('refuses a name without or with more than one value', () => {
    assert.throws(() => evaluate(some, 'OTHER'), /OTHER: no constant/);
    assert.throws(() => evaluate(some, 'SIZE'), /SIZE: more than one constant/);
  });
});

function isRelation(cell: string): boolean {
  return cell.includes('<');
}

/** Names of different files may be the same. */
function placeOf({ name, path }: Constant): string {
  return `${path}: ${name}`;
}

/** Reads `10 000`, `1/4`, `64 KiB` or `5 s`. */
function parseValue(text: string): number {
  const [, digits = '', divisor = '1', unit = ''] =
    /^(\d[\d ]*)(?:\/(\d+))?(?: ([A-Za-z]+))?$/.exec(text) ?? [];
  return (Number(digits.replaceAll(' ', '')) / Number(divisor)) * (UNITS[unit] ?? 1);
}
