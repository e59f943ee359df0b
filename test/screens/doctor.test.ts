import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { after } from 'node:test';
import { NO_CREDENTIALS } from '../program/support/program.ts';
import type { CommandTarget } from '../program/commands/support/run-command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { account, NOW, PRINTER, USUAL_NODES } from './support/fleets.ts';
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

/** A machine with this AWS CLI, on which every check takes no time. */
function machine(): NonNullable<Scene['env']> {
  const directory = temporaryDirectory({ after: (work) => after(work as () => void) });
  const script = "#!/bin/sh\necho 'aws-cli/2.31.0 Python/3.13.7 Linux/6.1'\n";
  writeFileSync(join(directory, 'aws'), script, { mode: 0o755 });
  return {
    PATH: [directory, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    NODE_OPTIONS: `--import ${FIXED_FACTS}`,
    FIXED_TIME: String(NOW.getTime()),
  };
}

const env = machine();
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
    async target(t): Promise<CommandTarget> {
      const target = await account(USUAL_NODES)(t);
      target.aws.refuse('StartSession', DENIED);
      return target;
    },
  },
]);
