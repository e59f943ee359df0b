import { join } from 'node:path';
import type { LocalAccessRequest } from '../local-aws/api/access-api.ts';
import { NO_CREDENTIALS } from '../program/support/program.ts';
import { CURRENT_AWS_CLI, pathWithAwsCli } from '../program/commands/support/path-with-aws-cli.ts';
import { suiteScope } from '../support/cleanup-scope.ts';
import { account, NOW, preparedAccount, PRINTER, USUAL_NODES, WEB } from './support/fleets.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const FIXED_FACTS = join(import.meta.dirname, 'support', 'fixed-facts.mjs');
const DENIED = {
  status: 400,
  type: 'AccessDeniedException',
  message:
    'User: arn:aws:iam::123456789012:user/local is not authorized to perform: ssm:StartSession on ' +
    'resource: arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0',
};

const REQUEST: LocalAccessRequest = {
  ...{ id: 'oi-000000000001', target: WEB.id, reason: 'ticket 7', state: 'Pending' },
  requestedAt: new Date(Date.UTC(2026, 1, 2, 9, 30)),
};

/** A machine with a current AWS CLI, on which every check takes no time. */
const env: NonNullable<Scene['env']> = {
  PATH: pathWithAwsCli(suiteScope(), CURRENT_AWS_CLI),
  NODE_OPTIONS: `--import ${FIXED_FACTS}`,
  FIXED_TIME: String(NOW.getTime()),
};
const DOCTOR: Scene = {
  name: 'fine',
  args: ['doctor'],
  target: account(USUAL_NODES),
  rows: 60,
  looks: true,
  env,
};

testScenes('doctor', [
  DOCTOR,
  { ...DOCTOR, name: 'target', args: ['doctor', 'web-1'] },
  { ...DOCTOR, name: 'target-offline', args: ['doctor', PRINTER.id] },
  { ...DOCTOR, name: 'unknown-target', args: ['doctor', 'database'] },
  { ...DOCTOR, name: 'no-credentials', env: { ...env, ...NO_CREDENTIALS } },
  { ...DOCTOR, name: 'no-region', env: { ...env, AWS_REGION: undefined } },
  {
    ...DOCTOR,
    name: 'not-allowed',
    args: ['doctor', 'web-1'],
    target: preparedAccount((aws) => aws.refuse('StartSession', DENIED)),
  },
  {
    ...DOCTOR,
    name: 'access-needed',
    args: ['doctor', 'web-1'],
    target: account(USUAL_NODES, { access: {} }),
  },
  {
    ...DOCTOR,
    name: 'access-pending',
    args: ['doctor', 'web-1'],
    target: account(USUAL_NODES, { access: { requests: [REQUEST] } }),
  },
]);
