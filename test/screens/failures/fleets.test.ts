import { PRINTER } from '../support/fleets.ts';
import { accountOf, testFailures } from '../support/failures/failing.ts';

testFailures('fleets', {
  empty: { args: ['exec', '--tag', 'Role=cache', '--', 'uptime'], failure: 'fleet-empty' },
  offline: {
    args: ['exec', '--targets', 'printer', '--', 'hostname'],
    ...accountOf({ ...PRINTER, name: 'printer' }),
    failure: 'fleet-offline',
  },
  declined: {
    args: ['exec', '--filter', 'web', '--', 'reboot'],
    failure: 'fleet-declined',
    async play({ until, program, end }) {
      await until('the question', ({ lines }) => lines.join('\n').includes('(y/N)'));
      program.type('n\r');
      await end();
    },
  },
});
