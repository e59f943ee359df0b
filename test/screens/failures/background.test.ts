import { testFailures, type Calls } from '../support/failures/failing.ts';

const FILE = '.config/session-manager-plugin/connections.toml';
const files = {
  [FILE]:
    '[db]\ntarget = "bastion"\nforward = ["5432:orders.internal:5432"]\n\n[box]\ntarget = "bastion"\n',
};
/** Nothing is in the background there, and nothing can be. */
const env = { XDG_RUNTIME_DIR: '/nonexistent' };

const CALLS: Calls = {
  unknown: { args: ['up', 'dbs'], files, env, failure: 'connection-unknown' },
  'without-ports': { args: ['up', 'box'], files, env, failure: 'connection-without-ports' },
  'none-with-ports': { args: ['up', '--all'], env, failure: 'connections-without-ports' },
  'not-up': { args: ['down', 'db'], env, failure: 'connection-not-up' },
  'no-directory': { args: ['up', 'db', '-d'], files, env, failure: 'runtime-directory-unusable' },
};

testFailures('background', CALLS);
