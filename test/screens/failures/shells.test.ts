import { WEB } from '../support/fleets.ts';
import { refused, testFailures } from '../support/failures/failing.ts';

const SHELL = ['shell', WEB.id];
const DENIED =
  'User: arn:aws:iam::123456789012:user/local is not authorized to perform: ssm:StartSession on resource: arn:aws:ssm:us-east-1::document/AWS-StartInteractiveCommand';

testFailures('shells', {
  'no-variable': { args: [...SHELL, '--env', '1A=b'], failure: 'variable-invalid' },
  'variable-not-set': { args: [...SHELL, '--env', 'STAGE'], failure: 'variable-unset' },
  'no-user': { args: [...SHELL, '--user', 'no-such-user'], failure: 'user-unknown' },
  'no-shell': { args: [...SHELL, '--shell', 'no-such-shell'], failure: 'shell-missing' },
  'no-directory': { args: [...SHELL, '--dir', '/srv/lost'], failure: 'directory-unusable' },
  'not-allowed': {
    args: [...SHELL, '--', 'top'],
    ...refused('StartSession', 'AccessDeniedException', DENIED),
    failure: 'shell-options-denied',
  },
});
