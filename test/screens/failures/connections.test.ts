import { testFailures, type Calls } from '../support/failures/failing.ts';

const DIRECTORY = '.config/session-manager-plugin';
const FILE = `${DIRECTORY}/connections.toml`;
const ADD = ['connections', 'add', 'db', 'bastion'];

const CALLS: Calls = {
  'unknown-key': {
    args: ['shell', 'db'],
    files: { [FILE]: '# mine\n[db]\ntarget = "bastion"\nforwad = ["5432"]\n' },
    failure: 'connections-invalid',
  },
  'no-file': {
    args: ['shell', 'db'],
    files: { [`${FILE}/lost`]: '' },
    failure: 'connections-unreadable',
  },
  'cannot-write': { args: ADD, files: { [DIRECTORY]: '' }, failure: 'connections-unwritable' },
  locked: { args: ADD, files: { [`${FILE}.lock`]: '' }, failure: 'connections-locked' },
  exists: {
    args: ADD,
    files: { [FILE]: '# mine\n[db]\ntarget = "bastion"\n' },
    failure: 'connection-exists',
  },
  'other-account': {
    args: ['cp', 'i-0123456789abcdef0:note', 'db:todo', '.'],
    files: { [FILE]: '[db]\ntarget = "bastion"\nregion = "eu-central-1"\n' },
    failure: 'connection-other-account',
  },
};

testFailures('connections', CALLS);
