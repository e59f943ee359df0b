import { needs } from '../../support/require-tools.ts';
import { SSH } from '../../support/tools.ts';
import { testFailures } from '../support/failures/failing.ts';

testFailures(
  'ssh',
  { container: { args: ['ssh', 'ecs:shop_0123_0123-45'], failure: 'ssh-container' } },
  needs(SSH),
);
