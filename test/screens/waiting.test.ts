import { account, preparedAccount, USUAL_NODES, WEB } from './support/fleets.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const INTERRUPT = '\x03';

/** AWS does not answer. */
const WAITING: Scene = {
  name: 'targets',
  args: ['targets'],
  target: preparedAccount((aws) => void aws.pause('DescribeInstanceInformation')),
  looks: true,
  play: ({ until }) =>
    until('what it waits for', ({ rows }) => rows.some((row) => row.startsWith('Waiting for '))),
};

/** Sessions need just-in-time access. */
const ACCESS: Scene = {
  name: 'access-question',
  args: ['shell', WEB.id],
  target: account(USUAL_NODES, { access: {} }),
  play: ({ until }) =>
    until('the question', ({ rows }) => rows.some((row) => row.includes('cancels:'))),
};

testScenes('waiting', [
  WAITING,
  ACCESS,
  {
    ...ACCESS,
    name: 'access-pending',
    args: ['shell', WEB.id, '--request-access', '--reason', 'ticket 7'],
    play: ({ until }) =>
      until('the wait', ({ rows }) => rows.some((row) => row.startsWith('Waiting for '))),
  },
  {
    ...WAITING,
    name: 'interrupted',
    async play(stage) {
      await WAITING.play?.(stage);
      stage.program.type(INTERRUPT);
      await stage.end();
    },
  },
]);
