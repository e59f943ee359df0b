import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { createScreen, render, type Screen } from '../../../support/screen.ts';
import type { Environment } from '../../support/program.ts';
import { startInTerminal, type TerminalProgram } from '../../support/terminal-program.ts';
import { untilShown } from '../../support/until-shown.ts';
import { startAccount } from '../support/account.ts';

const NAMES = [
  'web',
  '東京のデータベースサーバー',
  'cafe\u0301',
  '🙂 smile',
  '한국어 이름을 가진 서버',
];
/** Nodes with names of all widths; every tenth is offline. */
const NODES: readonly LocalNode[] = Array.from({ length: 120 }, (_, i) => ({
  id: `i-${String(i).padStart(17, '0')}`,
  nameTag: `${NAMES[i % NAMES.length] ?? ''}-${i}`,
  ipAddress: `10.0.0.${i}`,
  ...(i % 10 === 9 ? { pingStatus: 'ConnectionLost' as const } : {}),
}));
const CTRL_C = '\x03';
const PROMPT_COLUMNS = '? Target: '.length;
const KEYS = /^120 of 120 • type to filter( • ↑↓ navigate)?( • ⏎ select)? • Esc leave$/;

interface Size {
  readonly cols: number;
  readonly rows: number;
}

function start(t: TestContext, env: Environment, size: Size) {
  return startInTerminal(t, ['shell'], { env, size });
}

/** Resolves to what the terminal shows once the picker does, after a line that was there before. */
async function untilPicker(program: TerminalProgram, size: Size): Promise<Screen> {
  let screen: Screen | undefined;
  await untilShown(
    program.screen,
    async (text) => (screen = await render(text, { size })),
    'the picker',
    isDrawn,
  );
  assert.ok(screen);
  return screen;
}

/** The cursor goes to its place last. */
function isDrawn({ rows, cursor }: Screen): boolean {
  return rows.some((row) => row.startsWith('❯')) && cursor.column === PROMPT_COLUMNS;
}

/** What a picker of 120 nodes is like on a terminal of this size. */
function assertFits({ rows, cursor }: Screen, { cols, rows: height }: Size): void {
  const shown = rows.join('\n');
  assert.ok(rows.length <= height, `${rows.length} rows:\n${shown}`);
  assert.match(rows[0] ?? '', /^\? Target:$/, shown);
  assert.deepEqual(cursor, { row: 0, column: PROMPT_COLUMNS }, shown);
  const items = rows.filter((row) => /^[❯ ] i-\d{17} /.test(row));
  const others = 1 + Number(height >= 3) + Number(height >= 4);
  assert.equal(items.length, height - others, shown);
  if (height >= 3) assert.match(rows.at(-1) ?? '', KEYS);
  if (height >= 4) {
    const columns =
      cols < 60 ? /^ {2}ID +NAME +(?:PING )?STATUS$/ : /^ {2}ID +NAME +ADDRESS .*PING STATUS$/;
    assert.match(rows[1] ?? '', columns, shown);
    for (const row of items)
      assert.match(row, / (?:Online|Connection(?:Lost|…)?|Conn\S*…)$/, shown);
  }
}

describe('the picker of 120 nodes', () => {
  for (const [cols, rows] of [
    [40, 24],
    [60, 24],
    [80, 24],
    [110, 30],
    [200, 50],
    [80, 5],
    [40, 4],
    [40, 3],
    [40, 2],
  ] as const) {
    it(`fits a terminal of ${cols} columns and ${rows} rows`, async (t) => {
      const { env } = await startAccount(t, NODES);
      const size = { cols, rows };
      const program = await start(t, env, size);
      assertFits(await untilPicker(program, size), size);
      program.type(CTRL_C);
      assert.equal((await program.end()).status, 130);
      const { rows: left } = await render(program.screen.text, { size });
      assert.deepEqual(left, [''], 'nothing is left');
    });
  }

  for (const [name, to] of [
    ['shorter', { cols: 80, rows: 6 }],
    ['higher', { cols: 80, rows: 40 }],
    ['wider', { cols: 120, rows: 24 }],
    ['narrower', { cols: 45, rows: 24 }],
    ['narrower and shorter', { cols: 41, rows: 10 }],
  ] as const) {
    it(`is drawn again when the terminal becomes ${name}`, async (t) => {
      const { env } = await startAccount(t, NODES);
      const from = { cols: 80, rows: 24 };
      const program = await start(t, env, from);
      assertFits(await untilPicker(program, from), from);
      const before = program.screen.text;
      const screen = createScreen({ size: from });
      await screen.write(before);
      screen.resize(to.cols, to.rows);
      program.resize(to.cols, to.rows);
      let written = before.length;
      await untilShown(
        program.screen,
        async (text) => {
          await screen.write(text.slice(written));
          written = text.length;
          return screen;
        },
        'the picker again',
        () => written > before.length && isDrawn(screen),
      );
      // What has scrolled away stays above.
      const top = screen.cursor.row;
      const { column } = screen.cursor;
      assertFits({ ...screen, rows: screen.rows.slice(top), cursor: { row: 0, column } }, to);
      program.type(CTRL_C);
      assert.equal((await program.end()).status, 130);
    });
  }

  it('dims the nodes that are not online, marks the chosen one, and has a bold header', async (t) => {
    const { env } = await startAccount(t, NODES.slice(0, 10));
    const size = { cols: 110, rows: 24 };
    const program = await start(t, env, size);
    await untilPicker(program, size);
    const drawn = program.screen.text;
    // With `<` for ESC.
    const styled = drawn.replaceAll('\x1b', '<');
    assert.match(styled, /<\[2mi-00000000000000009 [^<]*ConnectionLost *<\[22m/);
    assert.doesNotMatch(styled, /<\[2mi-00000000000000008/);
    assert.match(styled, /<\[36m❯ i-\d{17} [^<]*<\[39m/);
    assert.match(styled, /<\[1mID +NAME/);
    program.type(CTRL_C);
    await program.end();
  });
});
