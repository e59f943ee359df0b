import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blankIcuData } from '../../../build/icu/blank-data.ts';
import { IcuDataError } from '../../../build/icu/data-format.ts';

const HEADER_BYTES = 32;
const ITEM_BYTES = 16;

/** Data of ICU with items of these names, each filled with its own number, counted from 1. */
function icuData(names: readonly string[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16LE(HEADER_BYTES, 0);
  header.set([0xda, 0x27], 2);
  header.write('CmnD\x01', 12, 'latin1');
  const table = Buffer.alloc(4 + 8 * names.length);
  table.writeUInt32LE(names.length, 0);
  const texts = names.map((name) => Buffer.from(`${name}\0`));
  let name = table.length;
  let item = table.length + texts.reduce((sum, { length }) => sum + length, 0);
  for (const [index, text] of texts.entries()) {
    table.writeUInt32LE(name, 4 + 8 * index);
    table.writeUInt32LE(item, 8 + 8 * index);
    name += text.length;
    item += ITEM_BYTES;
  }
  const items = names.map((_, index) => Buffer.alloc(ITEM_BYTES, index + 1));
  return Buffer.concat([header, table, ...texts, ...items]);
}

/** Finds items as ICU does: by the table of contents. */
function itemsIn(runtime: Buffer, start: number): ReadonlyMap<string, number> {
  const contents = runtime.subarray(start + HEADER_BYTES);
  const items = new Map<string, number>();
  for (let index = 0; index < contents.readUInt32LE(0); index++) {
    const name = contents.readUInt32LE(4 + 8 * index);
    const text = contents.toString('latin1', name, contents.indexOf(0, name));
    items.set(text, contents.readUInt8(contents.readUInt32LE(8 + 8 * index)));
  }
  return items;
}

const NAMES = [
  'icudt78l/big5.cnv',
  'icudt78l/brkitr/thaidict.dict',
  'icudt78l/coll/de.res',
  'icudt78l/coll/root.res',
  'icudt78l/curr/en_GB.res',
  'icudt78l/nfkc.nrm',
  'icudt78l/pool.res',
  'icudt78l/zh_Hant_TW.res',
  'icudt78l/zoneinfo64.res',
];

describe("a runtime's data of ICU", () => {
  const front = Buffer.from('code and \xda\x27 by chance', 'latin1');

  it('keeps what is not of another language', () => {
    const runtime = Buffer.concat([front, icuData(NAMES), Buffer.from('more code')]);
    blankIcuData(runtime);
    assert.deepEqual(
      [...itemsIn(runtime, front.length)],
      [
        ['icudt78l/coll/root.res', 4],
        ['icudt78l/curr/en_GB.res', 5],
        ['icudt78l/nfkc.nrm', 6],
        ['icudt78l/pool.res', 7],
        ['icudt78l/zoneinfo64.res', 9],
      ],
    );
  });

  it('has zeros for the rest, after what it keeps, and nothing around it is touched', () => {
    const runtime = Buffer.concat([front, icuData(NAMES), Buffer.from('more code')]);
    const before = Buffer.from(runtime);
    const blanked = blankIcuData(runtime);
    assert.ok(blanked >= 4 * ITEM_BYTES);
    assert.equal(runtime.length, before.length);
    const last = runtime.indexOf(Buffer.alloc(ITEM_BYTES, NAMES.length));
    assert.deepEqual(runtime.subarray(last - blanked, last), Buffer.alloc(blanked));
    for (const gone of [1, 2, 3, 8]) assert.equal(runtime.indexOf(Buffer.alloc(8, gone)), -1);
    assert.deepEqual(runtime.subarray(0, front.length), front);
    assert.equal(runtime.subarray(-9).toString(), 'more code');
  });

  it('is missed where there is none, or nothing in it may go', () => {
    assert.throws(() => blankIcuData(Buffer.from(front)), IcuDataError);
    assert.throws(() => blankIcuData(icuData(['icudt78l/nfkc.nrm'])), IcuDataError);
  });
});
