import { PROMPT } from '../program/support/target.ts';
import type { Screen } from '../support/screen.ts';
import { account, FOREIGN_NODES, MANY_NODES, USUAL_NODES } from './support/fleets.ts';
import type { Scene, Stage } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const KEYS = { enter: '\r', interrupt: '\x03' };

/** Whether a list is drawn: its last line explains the keys. */
function isDrawn({ rows }: Screen): boolean {
  return rows.some((row) => row.includes('❯')) && rows.some((row) => row.includes('navigate'));
}

async function type({ program, until }: Stage, keys: string): Promise<void> {
  program.type(keys);
  await until(keys, ({ rows }) => rows.some((row) => row.includes(keys)));
}

const PICKER: Scene = {
  name: 'usual',
  args: ['shell'],
  target: account(USUAL_NODES),
  looks: true,
  play: ({ until }) => until('the list', isDrawn),
};

testScenes('picker', [
  PICKER,
  { ...PICKER, name: 'foreign-names', target: account(FOREIGN_NODES), looks: false },
  { ...PICKER, name: 'many-nodes', target: account(MANY_NODES), looks: false },
  {
    ...PICKER,
    name: 'filtered',
    async play(stage) {
      await stage.until('the list', isDrawn);
      await type(stage, 'web');
      await stage.until(
        'what has the word',
        (screen) => isDrawn(screen) && screen.rows.every((row) => !row.includes('bastion')),
      );
    },
  },
  {
    ...PICKER,
    name: 'no-match',
    async play(stage) {
      await stage.until('the list', isDrawn);
      await type(stage, 'database');
      await stage.until('no node', ({ rows }) => rows.some((row) => /no /i.test(row)));
    },
  },
  {
    ...PICKER,
    name: 'chosen',
    async play({ program, until }) {
      await until('the list', isDrawn);
      program.type(KEYS.enter);
      await until('the prompt', ({ beforeCursor }) => beforeCursor === PROMPT);
    },
  },
  {
    ...PICKER,
    name: 'interrupted',
    async play({ program, until, end }) {
      await until('the list', isDrawn);
      program.type(KEYS.interrupt);
      await end();
    },
  },
]);
