import { NO_CREDENTIALS } from '../program/support/program.ts';
import { THROWS } from '../program/support/throwing/throws.ts';
import { serve } from '../network/local-server.ts';
import type { LocalNode } from '../local-aws/local-aws.ts';
import { account, preparedAccount, PRINTER, USUAL_NODES, WEB } from './support/fleets.ts';
import { untilPrompt, type Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

type Call = Pick<Scene, 'args'> & Partial<Scene>;

/** Each case is a call of the program that fails, by the name of its file. */
type Cases = Readonly<Record<string, Call>>;

const ARN = 'arn:aws:iam::123456789012:user/local';
const TARGETS = ['targets'];
const SHELL = ['shell', WEB.id];

/** A call of AWS is answered with this error. */
function refused(
  operation: string,
  type: string,
  message = '',
  status = 400,
): Pick<Scene, 'target'> {
  return { target: preparedAccount((aws) => aws.refuse(operation, { status, type, message })) };
}

function profile(config: string): Pick<Scene, 'files' | 'env'> {
  return {
    files: { '.aws/config': `[default]\nregion = us-east-1\n${config}` },
    env: { ...NO_CREDENTIALS, AWS_PROFILE: 'work' },
  };
}

function accountOf(...nodes: readonly LocalNode[]): Pick<Scene, 'target'> {
  return { target: account(nodes) };
}

const LIST_OPERATION = 'DescribeInstanceInformation';

const CREDENTIALS: Cases = {
  none: { args: TARGETS, env: NO_CREDENTIALS },
  'unknown-profile': {
    args: [...TARGETS, '--profile', 'wrok'],
    files: { '.aws/config': '[profile work]\nregion = us-east-1\n' },
  },
  'unreadable-file': { args: TARGETS, files: { '.aws/config': '[default\nregion = us-east-1\n' } },
  'unknown-source-profile': {
    args: TARGETS,
    ...profile('[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n'),
  },
  'source-profile-cycle': {
    args: TARGETS,
    ...profile(
      '[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n' +
        '[profile base]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = work\n',
    ),
  },
  'process-failed': {
    args: TARGETS,
    ...profile('[profile work]\ncredential_process = /bin/false\n'),
  },
  'sign-in-expired': {
    args: [...TARGETS, '--no-login'],
    ...profile(
      '[profile work]\nsso_session = company\nsso_account_id = 123456789012\nsso_role_name = Admin\n' +
        '[sso-session company]\nsso_region = us-east-1\nsso_start_url = https://company.example/start\n',
    ),
  },
  expired: {
    args: TARGETS,
    ...refused(LIST_OPERATION, 'ExpiredTokenException', 'The security token is expired'),
  },
  invalid: { args: TARGETS, ...refused(LIST_OPERATION, 'UnrecognizedClientException') },
  'wrong-secret': { args: TARGETS, ...refused(LIST_OPERATION, 'InvalidSignatureException') },
  'wrong-clock': {
    args: TARGETS,
    ...refused(
      LIST_OPERATION,
      'InvalidSignatureException',
      'Signature expired: 20260304T050607Z is now earlier than 20260304T060607Z',
    ),
  },
};

const CALLS: Cases = {
  'no-region': { args: TARGETS, env: { AWS_REGION: undefined } },
  'no-such-region': { args: TARGETS, env: { AWS_REGION: 'Frankfurt am Main' } },
  'list-not-allowed': {
    args: TARGETS,
    ...refused(
      LIST_OPERATION,
      'AccessDeniedException',
      `User: ${ARN} is not authorized to perform: ssm:DescribeInstanceInformation on resource: * because no identity-based policy allows the ssm:DescribeInstanceInformation action`,
    ),
  },
  'start-not-allowed': {
    args: SHELL,
    ...refused(
      'StartSession',
      'AccessDeniedException',
      `User: ${ARN} is not authorized to perform: ssm:StartSession on resource: arn:aws:ec2:us-east-1:123456789012:instance/${WEB.id}`,
    ),
  },
  throttled: { args: TARGETS, ...refused(LIST_OPERATION, 'ThrottlingException', 'Rate exceeded') },
  'service-failed': {
    args: TARGETS,
    ...refused(LIST_OPERATION, 'InternalServerError', 'An internal error has occurred.', 500),
  },
  'not-connected': {
    args: SHELL,
    ...refused('StartSession', 'TargetNotConnected', `${WEB.id} is not connected.`),
  },
  'container-not-connected': {
    args: ['shell', 'ecs:web_0a1b2c3d4e5f_0a1b2c3d4e5f-1'],
    ...refused('StartSession', 'TargetNotConnected', 'not connected'),
  },
  'unknown-document': {
    args: ['start-session', '--target', WEB.id, '--document-name', 'Company-Shell'],
    ...refused(
      'GetDocument',
      'InvalidDocument',
      'Document with name Company-Shell does not exist.',
    ),
  },
  'wrong-parameters': {
    args: ['start-session', '--target', WEB.id, '--document-name', 'AWS-StartSSHSession'],
    ...refused('StartSession', 'InvalidParameters', 'Parameter "port" is not valid'),
  },
  'too-many-sessions': {
    args: SHELL,
    ...refused('StartSession', 'ServiceQuotaExceededException', 'Sessions per node: 10'),
  },
  'other-refusal': {
    args: SHELL,
    ...refused(
      'StartSession',
      'BadRequest',
      'Enable advanced-instances tier to use Session Manager with your on-premises instances',
    ),
  },
  'unknown-session': {
    args: ['sessions', '--terminate', 'alice-0a1b2c3d4e5f67899'],
  },
};

const TARGET_NAMES: Cases = {
  unknown: { args: ['shell', 'wbe-1'] },
  'unknown-like-no-other': { args: ['shell', 'database'] },
  'no-nodes': { args: ['shell'], ...accountOf() },
  unmanaged: {
    args: ['shell', 'web-3'],
    ...accountOf(WEB, { id: 'i-0a0a0a0a0a0a0a0a0', nameTag: 'web-3', managed: false }),
  },
  offline: {
    args: ['shell', 'printer'],
    ...accountOf(WEB, { ...PRINTER, name: 'printer' }),
  },
  'empty-name': { args: ['shell', ''] },
  'empty-command': { args: ['exec', 'web-1', '--', ''] },
  'empty-session-id': { args: ['sessions', '--terminate', ''] },
};

const NETWORK: Cases = {
  'connection-refused': { args: TARGETS, env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } },
  'proxy-unreachable': {
    args: TARGETS,
    env: { AWS_ENDPOINT_URL: undefined, HTTPS_PROXY: 'http://127.0.0.1:1' },
  },
  'proxy-setting': {
    args: TARGETS,
    env: { AWS_ENDPOINT_URL: undefined, HTTPS_PROXY: 'socks5://127.0.0.1:1080' },
  },
  'login-page': {
    args: TARGETS,
    async target(t) {
      const target = await account(USUAL_NODES)(t);
      const port = await serve(t, (_, response) => {
        response.writeHead(403, { 'content-type': 'text/html' });
        response.end('<html>Please log in</html>');
      });
      return { ...target, env: { ...target.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } };
    },
  },
  setting: { args: SHELL, env: { SSM_PLUGIN_QUIET: 'maybe' } },
};

const SESSIONS: Cases = {
  'gateway-unavailable': {
    args: SHELL,
    target: preparedAccount((aws) => {
      void aws.nextSession().then((session) => session.setGateway('unavailable'));
    }),
  },
  'timed-out': {
    args: SHELL,
    async play(stage) {
      await untilPrompt(stage);
      const [session] = stage.aws.sessions;
      session?.answerResume({ kind: 'ended' });
      session?.cutClient();
      await stage.end();
    },
  },
  'closed-with-reason': {
    args: SHELL,
    async play(stage) {
      await untilPrompt(stage);
      stage.aws.sessions[0]?.terminate('Maintenance in 5 minutes');
      await stage.end();
    },
  },
  'no-exit-status': {
    args: ['exec', WEB.id, '--', 'echo output'],
    target: account(USUAL_NODES, {
      sessions: { agent: { version: '3.1.0.0', separateOutputStream: false } },
    }),
  },
  'fatal-error': {
    args: SHELL,
    env: THROWS,
    async play(stage) {
      await untilPrompt(stage);
      stage.program.kill('SIGUSR2');
      await stage.end();
    },
  },
};

for (const [folder, cases] of Object.entries({
  credentials: CREDENTIALS,
  calls: CALLS,
  'target-names': TARGET_NAMES,
  network: NETWORK,
  sessions: SESSIONS,
})) {
  testScenes(
    `failures/${folder}`,
    Object.entries(cases).map(([name, call]): Scene => {
      return { name, target: account(USUAL_NODES), ...call };
    }),
  );
}
