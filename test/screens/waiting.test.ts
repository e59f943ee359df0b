import { preparedAccount } from './support/fleets.ts';
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

testScenes('waiting', [
  WAITING,
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
