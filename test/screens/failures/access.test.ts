import type { LocalAccessRequest } from '../../local-aws/api/access-api.ts';
import { account, USUAL_NODES, WEB } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';

const REQUEST = ['shell', WEB.id, '--request-access', '--reason', 'ticket 7'];

const PENDING: LocalAccessRequest = {
  ...{ id: 'oi-000000000001', target: WEB.id, reason: 'ticket 7', state: 'Pending' },
  requestedAt: new Date(Date.UTC(2026, 1, 2, 9, 30)),
};

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
  'request-needed': {
    shell: '< /dev/null',
    args: REQUEST.slice(0, 2),
    target: account(USUAL_NODES, { access: {} }),
    failure: 'access-request-needed',
  },
  requested: {
    shell: '< /dev/null',
    args: REQUEST.slice(0, 2),
    target: account(USUAL_NODES, { access: { requests: [PENDING] } }),
    failure: 'access-requested',
  },
  'request-unknown': {
    args: [...REQUEST.slice(0, 2), '--access', 'oi-000000000009'],
    target: account(USUAL_NODES, { access: {} }),
    failure: 'access-request-unknown',
  },
  'reason-missing': { args: REQUEST.slice(0, 3), failure: 'access-reason-missing' },
});
