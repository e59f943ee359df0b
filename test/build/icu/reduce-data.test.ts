import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNeeded } from '../../../build/icu/needed-items.ts';
import { reduceIcuData } from '../../../build/icu/reduce-data.ts';

/** Two items, written by hand: a header of 32 bytes, the table, names, and items at multiples of 16. */
function twoItems(): Buffer {
  const data = Buffer.alloc(32 + 64);
  data.writeUInt16LE(32, 0);
  data.writeUInt16LE(0x27da, 2);
  data.write('CmnD\x01', 12, 'latin1');
  const table = data.subarray(32);
  for (const [index, word] of [2, 20, 32, 26, 48].entries()) table.writeUInt32LE(word, index * 4);
  table.write('t/a.x\0t/b.x\0', 20, 'latin1');
  table.write('AAAA', 32);
  table.write('BBBB', 48);
  return data;
}

describe('the data of ICU', () => {
  it('keeps its bytes when everything is kept', () => {
    assert.deepEqual(
      reduceIcuData(twoItems(), () => true),
      twoItems(),
    );
  });

  it('loses an item, its name and its entry in the table', () => {
    const reduced = reduceIcuData(twoItems(), (name) => name !== 't/a.x');
    assert.equal(reduced.length, 32 + 48);
    const table = reduced.subarray(32);
    assert.deepEqual(
      [0, 4, 8].map((offset) => table.readUInt32LE(offset)),
      [1, 12, 32],
    );
    assert.equal(table.toString('latin1', 12, 18), 't/b.x\0');
    assert.equal(table.toString('latin1', 32, 36), 'BBBB');
    assert.deepEqual(reduced.subarray(0, 32), twoItems().subarray(0, 32));
  });

  it('is refused in another format', () => {
    const data = twoItems();
    data.writeUInt8(2, 16);
    assert.throws(() => reduceIcuData(data, () => true), /not of the format CmnD version 1/);
    assert.throws(() => reduceIcuData(Buffer.alloc(64), () => true), /not of the format/);
  });

  it('is needed but for other languages and other character sets', () => {
    const kept = ['root.res', 'pool.res', 'en.res', 'en_GB.res', 'zoneinfo64.res', 'nfkc.nrm'];
    const left = ['de.res', 'zh_Hant_TW.res', 'fil.res', 'ibm-943_P15A-2003.cnv', 'cjdict.dict'];
    for (const directory of ['icudt78l/', 'icudt78l/coll/']) {
      assert.deepEqual(
        kept.filter((name) => !isNeeded(directory + name)),
        [],
      );
      assert.deepEqual(
        left.filter((name) => isNeeded(directory + name)),
        [],
      );
    }
    assert.equal(isNeeded('icudt78l/coll/ucadata.icu'), true);
  });
});
