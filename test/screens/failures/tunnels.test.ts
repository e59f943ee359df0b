import { sessionPreferences } from '../../local-aws/local-aws.ts';
import { account, USUAL_NODES, WEB } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';

testFailures('tunnels', {
  logged: {
    args: ['forward', WEB.id, '8080:80', '--fast'],
    shell: '< /dev/null',
    target: account(USUAL_NODES, {
      documents: {
        'SSM-SessionManagerRunShell': sessionPreferences({ s3BucketName: 'session-logs' }),
      },
    }),
    failure: 'tunnel-logged',
  },
});
