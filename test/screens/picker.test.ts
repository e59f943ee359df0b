import { ALL_DATABASES } from '../program/commands/support/databases.ts';
import type { Screen } from '../support/screen.ts';
import { account, FOREIGN_NODES, MANY_NODES, USUAL_NODES, USUAL_TASKS } from './support/fleets.ts';
import { untilPrompt, type Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

/** How many nodes come before worker-23 of {@link MANY_NODES}: every tenth is offline, and comes later. */
const FAR_DOWN = 20;

type IsReached = (screen: Screen) => boolean;

const KEYS = { enter: '\r', down: '\x1b[B', escape: '\x1b', interrupt: '\x03', endOfInput: '\x04' };

/** Whether the list for a filter is drawn: at the end, the cursor is after the filter. */
function isDrawn(filter: string, isNode: (row: string) => boolean = () => true): IsReached {
  return ({ rows, beforeCursor }) =>
    beforeCursor === `? Target: ${filter}` &&
    rows.some((row) => row.startsWith('❯') && isNode(row));
}

const PICKER: Scene = {
  name: 'usual',
  args: ['shell'],
  target: account(USUAL_NODES),
  looks: true,
  play: ({ until }) => until('the list', isDrawn('')),
};

/** How the picker of a part of a container's name begins. */
function asks(part: string): IsReached {
  return ({ rows, beforeCursor }) =>
    beforeCursor === `? ${part}: ` && rows.some((row) => row.startsWith('❯'));
}

const CONTAINERS: Scene = {
  name: 'services',
  args: ['shell', 'ecs://shop'],
  target: account([], { tasks: USUAL_TASKS }),
  play: ({ until }) => until('the services', asks('Service')),
};

testScenes('picker', [
  {
    name: 'databases',
    args: ['db'],
    target: account(USUAL_NODES, { databases: ALL_DATABASES }),
    play: ({ until }) => until('the databases', asks('Database')),
  },
  CONTAINERS,
  {
    ...CONTAINERS,
    name: 'tasks',
    args: ['shell', 'ecs://shop/worker'],
    play: ({ until }) => until('the tasks', asks('Task')),
  },
  {
    ...CONTAINERS,
    name: 'containers',
    args: ['shell', 'ecs://shop/web'],
    play: ({ until }) => until('the containers', asks('Container')),
  },
  PICKER,
  { ...PICKER, name: 'foreign-names', target: account(FOREIGN_NODES), looks: false },
  { ...PICKER, name: 'many-nodes', target: account(MANY_NODES), looks: false },
  {
    ...PICKER,
    name: 'far-down',
    target: account(MANY_NODES),
    looks: false,
    async play({ program, until }) {
      await until('the list', isDrawn(''));
      program.type(KEYS.down.repeat(FAR_DOWN));
      await until(
        'the node',
        isDrawn('', (row) => row.includes('0000023 ')),
      );
    },
  },
  {
    ...PICKER,
    name: 'filtered',
    async play({ program, until }) {
      await until('the list', isDrawn(''));
      program.type('web');
      await until(
        'what has the word',
        isDrawn('web', (row) => row.includes('web-1')),
      );
    },
  },
  {
    ...PICKER,
    name: 'no-match',
    async play({ program, until }) {
      await until('the list', isDrawn(''));
      program.type('nowhere');
      await until(
        'that there is none',
        ({ rows, beforeCursor }) =>
          beforeCursor === '? Target: nowhere' && rows.every((row) => !row.startsWith('❯')),
      );
    },
  },
  {
    ...PICKER,
    name: 'chosen',
    async play(stage) {
      await stage.until('the list', isDrawn(''));
      stage.program.type(KEYS.enter);
      await untilPrompt(stage);
    },
  },
  {
    ...PICKER,
    name: 'left',
    async play({ program, until, end }) {
      await until('the list', isDrawn(''));
      program.type(KEYS.escape);
      await end();
    },
  },
  {
    ...PICKER,
    name: 'input-ended',
    failures: ['target-not-chosen'],
    async play({ program, until, end }) {
      await until('the list', isDrawn(''));
      program.type(KEYS.endOfInput);
      await end();
    },
  },
  {
    ...PICKER,
    name: 'interrupted',
    async play({ program, until, end }) {
      await until('the list', isDrawn(''));
      program.type(KEYS.interrupt);
      await end();
    },
  },
]);
