import { account, USUAL_NODES, WEB } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';

const REQUEST = ['shell', WEB.id, '--request-access', '--reason', 'ticket 7'];

testFailures('access', {
  'not-granted': {
    args: REQUEST,
    target: account(USUAL_NODES, { access: { state: 'Rejected' } }),
    failure: 'access-not-granted',
  },
  pending: {
    args: [...REQUEST, '--wait-access', '1s'],
    target: account(USUAL_NODES, { access: {} }),
    failure: 'access-pending',
  },
  'reason-missing': { args: REQUEST.slice(0, 3), failure: 'access-reason-missing' },
});
