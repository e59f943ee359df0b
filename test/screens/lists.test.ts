import {
  account,
  FOREIGN_NODES,
  MANY_NODES,
  preparedAccount,
  USUAL_NODES,
  WEB,
  WEB_2,
} from './support/fleets.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const NODES: Scene = {
  name: 'nodes',
  args: ['targets'],
  target: account(USUAL_NODES),
  looks: true,
};
const SESSIONS: Scene = {
  name: 'sessions',
  args: ['sessions'],
  target: preparedAccount(async (aws) => {
    await aws.startSession({ Target: WEB.id, Reason: 'ticket 7: the disk is full' });
    await aws.startSession({
      Target: WEB_2.id,
      DocumentName: 'AWS-StartPortForwardingSession',
      Parameters: { portNumber: ['80'], localPortNumber: ['8080'] },
    });
  }),
};

testScenes('lists', [
  NODES,
  { ...NODES, name: 'foreign-names', target: account(FOREIGN_NODES), looks: false },
  { ...NODES, name: 'many-nodes', target: account(MANY_NODES), looks: false },
  { ...NODES, name: 'filtered', args: ['targets', 'web'], looks: false },
  { ...NODES, name: 'no-match', args: ['targets', 'database'], looks: false },
  { ...NODES, name: 'no-nodes', target: account([]), looks: false },
  SESSIONS,
  { ...SESSIONS, name: 'no-sessions', target: account(USUAL_NODES) },
  {
    ...SESSIONS,
    name: 'session-ended',
    args: ['sessions', '--terminate', 'alice-0a1b2c3d4e5f67891'],
  },
]);
