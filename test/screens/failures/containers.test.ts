import type { LocalTask } from '../../local-aws/local-aws.ts';
import { account } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';

const WEB: LocalTask = {
  ...{ cluster: 'shop', service: 'web', id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9' },
  containers: [{ name: 'app' }],
};

function tasks(...all: readonly LocalTask[]): { readonly target: ReturnType<typeof account> } {
  return { target: account([], { tasks: all }) };
}

testFailures('containers', {
  'invalid-name': { args: ['shell', 'ecs://shop/a/b/c'], failure: 'container-name-invalid' },
  unknown: { args: ['shell', 'ecs://shpo/web'], ...tasks(WEB), failure: 'container-unknown' },
  'none-runs': {
    args: ['shell', 'ecs://shop/web'],
    ...tasks({ ...WEB, status: 'STOPPED' }),
    failure: 'containers-none',
  },
  'several-and-no-terminal': {
    args: ['shell', 'ecs://shop'],
    shell: '< /dev/null',
    ...tasks(WEB, { ...WEB, id: '1f0e9d8c7b6a594837261504f3e2d1c0' }),
    failure: 'container-ambiguous',
  },
  stopped: {
    args: ['shell', `ecs://shop/web/${WEB.id}`],
    ...tasks({ ...WEB, status: 'STOPPED', stoppedReason: 'OutOfMemoryError' }),
    failure: 'container-stopped',
  },
  'exec-disabled': {
    args: ['shell', 'ecs://shop/web'],
    ...tasks({ ...WEB, enableExecuteCommand: false }),
    failure: 'container-exec-disabled',
  },
  'agent-stopped': {
    args: ['shell', 'ecs://shop/web'],
    ...tasks({
      ...WEB,
      containers: [{ name: 'app', agentStatus: 'STOPPED', agentReason: 'CannotStart' }],
    }),
    failure: 'container-agent-stopped',
  },
});
