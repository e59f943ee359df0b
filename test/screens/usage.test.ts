import { account, USUAL_NODES } from './support/fleets.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

/** Command lines that are wrong, by what is wrong with them. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  'unknown-command': ['targts'],
  'unknown-option': ['shell', '--regoin', 'eu-west-1'],
  'option-without-value': ['targets', '--region'],
  'missing-argument': ['completion'],
  'missing-command': ['exec', 'web'],
  'missing-ports': ['forward', 'web'],
  'too-many-arguments': ['shell', 'web', 'bastion'],
  'unknown-choice': ['targets', '--log-level', 'loud'],
  'no-url': ['targets', '--endpoint-url', 'nowhere'],
  'no-port': ['forward', 'web', '80800'],
  'too-many-sessions': ['forward', 'web', '8080:80', '--sessions', '17'],
  'port-twice': ['forward', 'web', '8080:80', '8080:443'],
};

testScenes(
  'usage',
  Object.entries(WRONG).map(([name, args]): Scene => {
    return { name, args, target: account(USUAL_NODES) };
  }),
);
