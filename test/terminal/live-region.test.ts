import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createLiveRegion, type LiveRegion } from '../../src/terminal/live-region.ts';
import { createScreen, type Screen } from '../support/screen.ts';

interface Setup {
  readonly region: LiveRegion;
  /** What has been written since the last call. */
  readonly written: () => string;
  /** What a terminal shows of all that. */
  readonly shown: () => Promise<Screen>;
  readonly resize: (columns: number) => Promise<void>;
}

function setUp(columns: number): Setup {
  const out = new PassThrough({ encoding: 'utf8' });
  const screen = createScreen({ size: { cols: columns }, convertEol: true });
  let width = columns;
  const written = (): string => (out.read() as string | null) ?? '';
  const shown = async (): Promise<Screen> => {
    await screen.write(written());
    return screen;
  };
  return {
    region: createLiveRegion(out, () => width),
    written,
    shown,
    async resize(to) {
      await shown();
      width = to;
      screen.resize(to);
    },
  };
}

describe('a live region', () => {
  it('shows its lines, with the cursor at the beginning of the next', async () => {
    const { region, shown } = setUp(20);
    region.write([], ['one', 'two']);
    assert.deepEqual((await shown()).rows, ['one', 'two', '']);
    assert.deepEqual((await shown()).cursor, { row: 2, column: 0 });
  });

  it('writes over its lines, longer or shorter, more or fewer', async () => {
    const { region, shown } = setUp(20);
    region.write([], ['a long line', 'two', 'three']);
    region.write([], ['short', 'a longer line']);
    assert.deepEqual((await shown()).rows, ['short', 'a longer line', '']);
    region.write([], ['1', '2', '3', '4']);
    assert.deepEqual((await shown()).rows, ['1', '2', '3', '4', '']);
  });

  it('writes nothing when nothing has changed', () => {
    const { region, written } = setUp(20);
    region.write([], ['one']);
    assert.notEqual(written(), '');
    region.write([], ['one']);
    assert.equal(written(), '');
  });

  it('keeps lines above it, in their order', async () => {
    const { region, shown } = setUp(20);
    region.write([], ['row']);
    region.write(['first'], ['row']);
    region.write(['second', 'third'], ['row', 'another']);
    assert.deepEqual((await shown()).rows, ['first', 'second', 'third', 'row', 'another', '']);
  });

  it('leaves no trace after a line above it that the terminal wraps', async () => {
    const { region, shown } = setUp(10);
    region.write([], ['0123456789', '0123456789', '0123456789']);
    region.write(['a line of 21 columns.'], ['row']);
    assert.deepEqual((await shown()).rows, ['a line of', '21 columns', '.', 'row', '']);
  });

  it('can be hidden, and shown again below what was written meanwhile', async () => {
    const { region, shown } = setUp(20);
    region.write([], ['one', 'two']);
    region.write(['said'], []);
    assert.deepEqual((await shown()).rows, ['said', '']);
    region.write(['said, too'], []);
    region.write([], ['one', 'two']);
    assert.deepEqual((await shown()).rows, ['said', 'said, too', 'one', 'two', '']);
  });

  it('finds its beginning when the terminal was made narrower and has broken its lines', async () => {
    const { region, shown, resize } = setUp(20);
    region.write(['above'], ['0123456789abcdefghij', 'short', '0123456789abcde']);
    await resize(10);
    assert.equal((await shown()).rows.length, 7);
    region.write([], ['0123456789', 'short', '0123456789']);
    assert.deepEqual((await shown()).rows, ['above', '0123456789', 'short', '0123456789', '']);
  });

  it('finds it when the terminal was made wider', async () => {
    const { region, shown, resize } = setUp(10);
    region.write(['above'], ['0123456789', 'short']);
    await resize(20);
    region.write([], ['0123456789abcdefghij', 'short']);
    assert.deepEqual((await shown()).rows, ['above', '0123456789abcdefghij', 'short', '']);
  });

  it('does not count colours as characters', async () => {
    const { region, shown, resize } = setUp(20);
    region.write(['above'], ['\x1b[32mgreen\x1b[0m']);
    await resize(6);
    region.write([], ['\x1b[31mred\x1b[0m']);
    assert.deepEqual((await shown()).rows, ['above', 'red', '']);
  });
});
