import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalNode } from '../../local-aws/local-aws.ts';
import { binaryOf } from '../../packaging/support/binaries.ts';
import { startAccount } from '../../program/commands/support/account.ts';
import { programCommand, type Environment } from '../../program/support/program.ts';
import { startCommandInTerminal } from '../../program/support/terminal-program.ts';
import { untilShown } from '../../program/support/until-shown.ts';
import { render } from '../../support/screen.ts';
import { NATIVE_BINARIES } from './support/native-binaries.ts';

const SIZE = { cols: 60, rows: 12 };
const ESCAPE = '\x1b';
const NAMES = [
  '東京のデータベースサーバー',
  'cafe\u0301',
  '🙂 smile',
  '👩‍👩‍👧‍👦 family',
  '🇩🇪 flag',
  '한국어 이름을 가진 서버',
  'ฐานข้อมูลกรุงเทพ',
];
/** Nodes whose names need what ICU knows about graphemes and their widths. */
const NODES: readonly LocalNode[] = NAMES.map((nameTag, i) => ({
  id: `i-${String(i).padStart(17, '0')}`,
  nameTag,
}));

/** What a terminal shows of the list of nodes. */
async function list(
  t: TestContext,
  command: readonly string[],
  env: Environment,
): Promise<readonly string[]> {
  const program = await startCommandInTerminal(t, [...command, 'targets'], { env, size: SIZE });
  assert.equal((await program.end()).status, 0);
  return (await render(program.screen.text, { size: SIZE })).rows;
}

/** What a terminal shows of the picker. */
async function pick(
  t: TestContext,
  command: readonly string[],
  env: Environment,
): Promise<readonly string[]> {
  const program = await startCommandInTerminal(t, [...command, 'shell'], { env, size: SIZE });
  let rows: readonly string[] = [];
  await untilShown(
    program.screen,
    async (text) => ({ rows } = await render(text, { size: SIZE })),
    'the picker',
    (screen) => screen.rows.some((row) => row.startsWith('❯')) && screen.cursor.row === 0,
  );
  program.type(ESCAPE);
  await program.end();
  return rows;
}

// The runtime in a native binary has only a part of the data of ICU.
for (const { target, through } of NATIVE_BINARIES) {
  describe(`the native binary for ${target} with names of wide and combined characters`, () => {
    for (const [what, show] of [
      ['list of nodes', list],
      ['picker', pick],
    ] as const) {
      it(`shows the same ${what} as the JavaScript program`, async (t) => {
        const binary = binaryOf(t, target);
        if (binary === undefined) return;
        const { env } = await startAccount(t, NODES);
        const rows = await show(t, [...through, binary], env);
        assert.deepEqual(rows, await show(t, programCommand([]), env));
        for (const { id } of NODES) assert.ok(rows.some((row) => row.includes(id)));
      });
    }
  });
}
