import { createKmsApi, type KmsKeyState } from '../../local-aws/api/kms-api.ts';
import { serve } from '../../network/local-server.ts';
import { account, preparedAccount, USUAL_NODES, WEB } from '../support/fleets.ts';
import { refused, testFailures } from '../support/failures/failing.ts';
import type { Scene } from '../support/scene.ts';

const ARN = 'arn:aws:iam::123456789012:user/local';
const TARGETS = ['targets'];
const SHELL = ['shell', WEB.id];
const EXEC = ['exec', WEB.id, '--', 'uptime'];
const LIST = 'DescribeInstanceInformation';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6789-0a1b-2c3d4e5f6789';

/** Sessions are encrypted with a key in this state; undefined for one that does not exist. */
function encryptedWith(state: KmsKeyState | undefined): Pick<Scene, 'target'> {
  return {
    async target(t) {
      const kms = createKmsApi();
      if (state !== undefined) kms.setKey(KEY, state);
      const encryption = {
        kmsKeyId: KEY,
        decryptDataKey: (blob: Buffer, context: Readonly<Record<string, string>>) =>
          kms.decrypt(blob, context),
      };
      const { aws, env } = await account(USUAL_NODES, { sessions: { agent: { encryption } } })(t);
      const port = await serve(t, kms.listener);
      return { aws, env: { ...env, AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}` } };
    },
  };
}

testFailures('calls', {
  'no-region': { args: TARGETS, env: { AWS_REGION: undefined }, failure: 'region-missing' },
  'no-such-region': {
    args: TARGETS,
    env: { AWS_REGION: 'Frankfurt am Main' },
    failure: 'region-invalid',
  },
  'list-not-allowed': {
    args: TARGETS,
    ...refused(
      LIST,
      'AccessDeniedException',
      `User: ${ARN} is not authorized to perform: ssm:DescribeInstanceInformation on resource: * because no identity-based policy allows the ssm:DescribeInstanceInformation action`,
    ),
    failure: 'access-denied',
  },
  'start-not-allowed': {
    args: SHELL,
    ...refused(
      'StartSession',
      'AccessDeniedException',
      `User: ${ARN} is not authorized to perform: ssm:StartSession on resource: arn:aws:ec2:us-east-1:123456789012:instance/${WEB.id}`,
    ),
    failure: 'access-denied',
  },
  throttled: {
    args: TARGETS,
    ...refused(LIST, 'ThrottlingException', 'Rate exceeded'),
    failure: 'throttled',
  },
  'service-failed': {
    args: TARGETS,
    ...refused(LIST, 'InternalServerError', 'An internal error has occurred.', 500),
    failure: 'service-failed',
  },
  'not-connected': {
    args: SHELL,
    ...refused('StartSession', 'TargetNotConnected', `${WEB.id} is not connected.`),
    failure: 'target-not-connected',
  },
  'not-in-region': { args: ['shell', 'i-0a0a0a0a0a0a0a0a0'], failure: 'target-not-in-region' },
  'container-not-connected': {
    args: ['shell', 'ecs:web_0a1b2c3d4e5f_0a1b2c3d4e5f-1'],
    ...refused('StartSession', 'TargetNotConnected', 'not connected'),
    failure: 'container-not-connected',
  },
  'unknown-document': {
    args: ['start-session', '--target', WEB.id, '--document-name', 'Company-Shell'],
    ...refused(
      'GetDocument',
      'InvalidDocument',
      'Document with name Company-Shell does not exist.',
    ),
    failure: 'document-not-found',
  },
  'document-refused': {
    args: ['start-session', '--target', WEB.id, '--document-name', 'AWS-StartSSHSession'],
    ...refused('StartSession', 'InvalidDocument', 'Document type Command is not supported.'),
    failure: 'document-refused',
  },
  'wrong-parameters': {
    args: ['start-session', '--target', WEB.id, '--document-name', 'AWS-StartSSHSession'],
    ...refused('StartSession', 'InvalidParameters', 'Parameter "port" is not valid'),
    failure: 'parameters-refused',
  },
  'exec-document-refused': {
    args: EXEC,
    target: preparedAccount((aws) => {
      const failure = { status: 400, type: 'InvalidDocument', message: 'no' };
      aws.refuse('StartSession', failure);
      aws.refuse('GetDocument', failure);
    }),
    failure: 'exec-document-refused',
  },
  'too-many-sessions': {
    args: SHELL,
    ...refused('StartSession', 'ServiceQuotaExceededException', 'Sessions per node: 10'),
    failure: 'quota-reached',
  },
  'other-refusal': {
    args: SHELL,
    ...refused(
      'StartSession',
      'BadRequest',
      'Enable advanced-instances tier to use Session Manager with your on-premises instances',
    ),
    failure: 'call-refused',
  },
  'unknown-session': {
    args: ['sessions', '--terminate', 'alice-0a1b2c3d4e5f67899'],
    failure: 'session-not-found',
  },
  'kms-key-unknown': { args: SHELL, ...encryptedWith(undefined), failure: 'kms-key-not-found' },
  'kms-key-disabled': { args: SHELL, ...encryptedWith('disabled'), failure: 'kms-key-disabled' },
  'kms-key-unusable': {
    args: SHELL,
    ...encryptedWith('pending-deletion'),
    failure: 'kms-key-unusable',
  },
});
