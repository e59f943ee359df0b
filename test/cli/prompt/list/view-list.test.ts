import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describe, it } from 'node:test';
import {
  advancePick,
  initialPick,
  type PickEvent,
  type PickList,
  type PickState,
} from '../../../../src/cli/prompt/list/pick-list.ts';
import { createListView } from '../../../../src/cli/prompt/list/view-list.ts';
import { render } from '../../../support/screen.ts';

const LIST: PickList = {
  message: 'Which "東京"?',
  columns: [
    { header: 'ID', narrowest: 'whole' },
    { header: 'NAME', narrowest: 4 },
  ],
  items: ['東京-1', 'cafe\u0301', '🙂👍🏽', 'web', 'database'].map((name, i) => ({
    row: [`i-${i}`, name],
    searchText: `i-${i} ${name} 10.0.0.${i}`,
    isDimmed: i === 3,
  })),
};

function after(...events: readonly PickEvent[]): PickState {
  return events.reduce((state, event) => advancePick(LIST, state, event), initialPick(LIST));
}

const typed = (filter: string, cursor = filter.length): PickEvent => {
  return { kind: 'typed', filter, cursor };
};

describe('the state of a list', () => {
  it('has all items at first, and the first one marked', () => {
    assert.deepEqual(initialPick(LIST), {
      filter: '',
      cursor: 0,
      matches: [0, 1, 2, 3, 4],
      marked: 0,
    });
  });

  it('has what contains all words of the filter, and the first match marked', () => {
    const { matches, marked } = after({ kind: 'moved', by: 2 }, typed('10.0 EB'));
    assert.deepEqual(matches, [3]);
    assert.equal(marked, 0);
    assert.deepEqual(after(typed('x')).matches, []);
    assert.deepEqual(after(typed('x'), typed('')).matches, [0, 1, 2, 3, 4]);
  });

  it('stops at the ends, and keeps its mark while only the cursor moves', () => {
    assert.equal(after({ kind: 'moved', by: 10 }).marked, 4);
    assert.equal(after({ kind: 'moved', by: 10 }, { kind: 'moved', by: -20 }).marked, 0);
    assert.equal(after(typed('10'), { kind: 'moved', by: 2 }, typed('10', 0)).marked, 2);
    assert.equal(after(typed('x'), { kind: 'moved', by: 1 }).marked, 0);
  });
});

describe('the view of a list', () => {
  const view = createListView(LIST, false);

  it('shows the filter, a header, the items and the keys', () => {
    assert.deepEqual(view(after({ kind: 'moved', by: 1 }), { cols: 80, rows: 24 }), {
      lines: [
        '? Which "東京"? ',
        '  ID   NAME',
        '  i-0  東京-1',
        '❯ i-1  cafe\u0301',
        '  i-2  🙂👍🏽',
        '  i-3  web',
        '  i-4  database',
        '5 of 5 • type to filter • ↑↓ navigate • ⏎ select • Esc leave',
      ],
      column: '? Which "__京"? '.length + 1,
    });
  });

  it('shows that nothing matches', () => {
    const { lines } = view(after(typed('zzz')), { cols: 80, rows: 24 });
    assert.deepEqual(lines.slice(1, 3), ['  ID   NAME', '  Nothing matches.']);
    assert.match(lines.at(-1) ?? '', /^0 of 5 /);
  });

  it('keeps the marked item in view', () => {
    for (let by = 0; by < 5; by++) {
      const { lines } = view(after({ kind: 'moved', by }), { cols: 80, rows: 5 });
      assert.equal(lines.length, 5);
      assert.ok(lines.some((line) => line.startsWith(`❯ i-${by}`)));
    }
  });

  it('shows the end of a long filter, where it is typed', () => {
    const { lines, column } = view(after(typed('0123456789 東京東京')), { cols: 30, rows: 9 });
    assert.equal(lines[0], '? Which "東京"? …789 東京東京');
    assert.equal(column, 29);
  });

  it('never is wider or higher than the terminal', async () => {
    const colored = createListView(LIST, true);
    for (let cols = 8; cols < 70; cols += 3) {
      for (const rows of [1, 2, 3, 4, 9]) {
        for (const state of [after(), after(typed('東京 10 0 0')), after(typed('zz', 1))]) {
          const { lines, column } = colored(state, { cols, rows });
          assert.ok(lines.length <= Math.max(2, rows), `${lines.length} lines in ${rows} rows`);
          assert.ok(column < cols);
          const real = await render(lines.join('\r\n'), { size: { cols, rows: 24 } });
          const expected = lines.map((line) => stripVTControlCharacters(line).trimEnd());
          assert.deepEqual(real.rows, expected, `${cols} columns`);
        }
      }
    }
  });
});
