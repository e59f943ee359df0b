import type { LocalAccessRequest } from '../local-aws/api/access-api.ts';
import { ALL_DATABASES } from '../program/commands/support/databases.ts';
import {
  account,
  FOREIGN_NODES,
  MANY_NODES,
  preparedAccount,
  PRINTER,
  USUAL_NODES,
  USUAL_TASKS,
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

const ACCESS: Scene = {
  name: 'access',
  args: ['access'],
  target: account(USUAL_NODES, {
    access: {
      requests: [
        accessRequest(1, { target: WEB_2.id, state: 'Rejected' }),
        accessRequest(2, { state: 'Approved', until: new Date(Date.UTC(2026, 1, 2, 12)) }),
        accessRequest(3, { state: 'Approved', until: new Date(Date.UTC(2099, 1, 3, 12)) }),
        accessRequest(4, { target: PRINTER.id }),
      ],
    },
  }),
};

const CONNECTIONS: Scene = {
  name: 'connections',
  args: ['connections'],
  target: account(USUAL_NODES),
  files: {
    '.config/session-manager-plugin/connections.toml': [
      '[db]',
      'target = "bastion"',
      'region = "eu-central-1"',
      'forward = ["5432:orders.internal:5432", "6379:cache.internal:6379"]',
      '[web-1]',
      'target = "i-0123456789abcdef0"',
    ].join('\n'),
  },
};

function accessRequest(nth: number, changes: Partial<LocalAccessRequest>): LocalAccessRequest {
  return {
    id: `oi-${String(nth).padStart(12, '0')}`,
    ...{ target: WEB.id, reason: 'ticket 7: the disk is full', state: 'Pending' },
    requestedAt: new Date(Date.UTC(2026, 1, nth, 9, 30)),
    ...changes,
  };
}

const DATABASES: Scene = {
  name: 'databases',
  args: ['db', 'list'],
  target: account(USUAL_NODES, { databases: ALL_DATABASES }),
};

testScenes('lists', [
  DATABASES,
  NODES,
  { ...NODES, name: 'foreign-names', target: account(FOREIGN_NODES), looks: false },
  { ...NODES, name: 'many-nodes', target: account(MANY_NODES), looks: false },
  { ...NODES, name: 'filtered', args: ['targets', 'web'], looks: false },
  { ...NODES, name: 'no-match', args: ['targets', 'database'], looks: false },
  {
    ...NODES,
    name: 'containers',
    args: ['targets', '--ecs'],
    target: account([], { tasks: USUAL_TASKS }),
    looks: false,
  },
  { ...NODES, name: 'no-nodes', target: account([]), looks: false },
  {
    ...NODES,
    name: 'regions',
    args: ['targets', '--region', 'us-east-1', '--region', 'eu-west-1'],
    target: account([
      { ...WEB, region: 'us-east-1' },
      { ...WEB_2, region: 'eu-west-1' },
    ]),
    looks: false,
  },
  CONNECTIONS,
  { ...CONNECTIONS, name: 'connections-checked', args: ['connections', '--check'] },
  { ...CONNECTIONS, name: 'no-connections', files: {} },
  SESSIONS,
  { ...SESSIONS, name: 'no-sessions', target: account(USUAL_NODES) },
  ACCESS,
  { ...ACCESS, name: 'no-access', target: account(USUAL_NODES, { access: {} }) },
  {
    ...SESSIONS,
    name: 'session-ended',
    args: ['sessions', '--terminate', 'alice-0a1b2c3d4e5f67891'],
  },
]);
