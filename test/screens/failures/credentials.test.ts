import type { TestContext } from 'node:test';
import type { CommandTarget } from '../../program/commands/support/run-command.ts';
import { NO_CREDENTIALS } from '../../program/support/program.ts';
import { account, USUAL_NODES } from '../support/fleets.ts';
import { profile, refused, testFailures } from '../support/failures/failing.ts';
import type { Scene } from '../support/scene.ts';

const TARGETS = ['targets'];
const LIST = 'DescribeInstanceInformation';
const ROLE = '[profile work]\nrole_arn = arn:aws:iam::123456789012:role/x\n';
const SERIAL = 'arn:aws:iam::123456789012:mfa/jane';
const NO_SHELL_INPUT = '< /dev/null';

/** The account also has the Security Token Service, and a role that needs the code of a device. */
const WITH_STS: Pick<Scene, 'target'> = {
  async target(t: TestContext): Promise<CommandTarget> {
    const { aws, env } = await account(USUAL_NODES, {
      mfa: { serialNumber: SERIAL, code: '123456' },
    })(t);
    return { aws, env: { ...env, AWS_ENDPOINT_URL_STS: aws.endpoint } };
  },
};
const NEEDS_CODE = {
  ...WITH_STS,
  ...profile(
    `${ROLE}source_profile = base\nmfa_serial = ${SERIAL}\n` +
      '[profile base]\naws_access_key_id = AKBASE\naws_secret_access_key = base-secret\n',
  ),
};

testFailures('credentials', {
  none: { args: TARGETS, env: NO_CREDENTIALS, failure: 'no-credentials' },
  'unknown-profile': {
    args: [...TARGETS, '--profile', 'wrok'],
    files: { '.aws/config': '[profile work]\nregion = us-east-1\n' },
    failure: 'profile-not-found',
  },
  'unreadable-file': {
    args: TARGETS,
    files: { '.aws/config': '[default\nregion = us-east-1\n' },
    failure: 'aws-file-unreadable',
  },
  'unknown-source-profile': {
    args: TARGETS,
    ...profile('[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n'),
    failure: 'source-profile-not-found',
  },
  'source-profile-cycle': {
    args: TARGETS,
    ...profile(
      '[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n' +
        '[profile base]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = work\n',
    ),
    failure: 'source-profile-cycle',
  },
  'empty-source': {
    args: TARGETS,
    ...profile(`${ROLE}credential_source = Environment\n`),
    failure: 'credential-source-empty',
  },
  'unknown-source': {
    args: TARGETS,
    ...profile(`${ROLE}credential_source = Ec2\n`),
    failure: 'credential-source-unknown',
  },
  'source-failed': {
    args: TARGETS,
    ...profile(`${ROLE}credential_source = EcsContainer\n`),
    failure: 'credential-source-failed',
  },
  'source-of-variable-failed': {
    args: TARGETS,
    env: { ...NO_CREDENTIALS, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' },
    failure: 'credential-variable-failed',
  },
  'process-failed': {
    args: TARGETS,
    ...profile('[profile work]\ncredential_process = /bin/false\n'),
    failure: 'credential-process-failed',
  },
  'process-expired': {
    args: TARGETS,
    ...profile(
      '[profile work]\ncredential_process = /bin/echo \'{"Version":1,"AccessKeyId":"AKX","SecretAccessKey":"x","SessionToken":"x","Expiration":"2020-01-01T00:00:00Z"}\'\n',
    ),
    failure: 'credential-process-expired',
  },
  'unreadable-profile': {
    args: TARGETS,
    ...profile(`${ROLE}web_identity_token_file = /tmp/token #1\n`),
    failure: 'profile-unreadable',
  },
  'code-needed': {
    args: TARGETS,
    shell: NO_SHELL_INPUT,
    ...NEEDS_CODE,
    failure: 'mfa-code-needed',
  },
  'code-missing': {
    args: TARGETS,
    ...NEEDS_CODE,
    async play({ until, program, end }) {
      await until('the question', ({ lines }) => lines.join(' ').endsWith('(profile work):'));
      program.type('\x04');
      await end();
    },
    failure: 'mfa-code-missing',
  },
  'sign-in-expired': {
    args: [...TARGETS, '--no-login'],
    ...profile(
      '[profile work]\nsso_session = company\nsso_account_id = 123456789012\nsso_role_name = Admin\n' +
        '[sso-session company]\nsso_region = us-east-1\nsso_start_url = https://company.example/start\n',
    ),
    failure: 'sign-in-expired',
  },
  expired: {
    args: TARGETS,
    ...refused(LIST, 'ExpiredTokenException', 'The security token is expired'),
    failure: 'credentials-expired',
  },
  invalid: {
    args: TARGETS,
    ...refused(LIST, 'UnrecognizedClientException'),
    failure: 'credentials-invalid',
  },
  'wrong-secret': {
    args: TARGETS,
    ...refused(LIST, 'InvalidSignatureException'),
    failure: 'signature-refused',
  },
  'wrong-clock': {
    args: TARGETS,
    ...refused(
      LIST,
      'InvalidSignatureException',
      'Signature expired: 20260304T050607Z is now earlier than 20260304T060607Z',
    ),
    failure: 'clock-wrong',
  },
});
