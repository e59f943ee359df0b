import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AwsErrorReason } from '../../../src/aws/sdk/aws-error.ts';
import {
  describeFailure,
  failureDetails,
  type Call,
} from '../../../src/aws/sdk/describe-failure.ts';
import { NetworkError } from '../../../src/network/network-error.ts';
import { testFailure } from '../../support/test-failure.ts';

const KEY = 'alias/sessions';
const CALL: Call = {
  action: 'kms:GenerateDataKey',
  object: `key ${KEY}`,
  purpose: 'encrypt the session',
  subject: { kind: 'key', id: KEY },
};
const TARGET = 'i-0123456789abcdef0';
const START: Call = {
  action: 'ssm:StartSession',
  object: `target ${TARGET}`,
  purpose: `start a session on ${TARGET}`,
  subject: { kind: 'target', id: TARGET, document: 'Own-Document' },
};

function serviceError(name: string, message: string, status = 400): Error {
  const $fault = status < 500 ? 'client' : 'server';
  return Object.assign(new Error(message), { name, $fault, $metadata: { httpStatusCode: status } });
}

const REASONS: readonly [name: string, reason: AwsErrorReason, isTransient: boolean][] = [
  ['AccessDeniedException', 'access-denied', false],
  ['ExpiredTokenException', 'expired-credentials', false],
  ['ExpiredToken', 'expired-credentials', false],
  ['UnrecognizedClientException', 'invalid-credentials', false],
  ['InvalidClientTokenId', 'invalid-credentials', false],
  ['InvalidSignatureException', 'invalid-credentials', false],
  ['RequestExpired', 'invalid-credentials', false],
  ['NotFoundException', 'not-found', false],
  ['DoesNotExistException', 'not-found', false],
  ['DisabledException', 'kms-key-disabled', false],
  ['KMSInvalidStateException', 'kms-key-unusable', false],
  ['ThrottlingException', 'throttled', true],
  ['TimeoutError', 'network', true],
  ['ValidationException', 'invalid', false],
];

const SENTENCES = /^[A-Z][^\n]*\. [A-Z][^\n]*\.$/;

for (const [name, reason, isTransient] of REASONS) {
  it(`${name} is reported as ${reason}, in sentences without the names of the API`, () => {
    const error = describeFailure(serviceError(name, 'Something.'), CALL);
    assert.equal(error.reason, reason);
    assert.equal(error.isTransient, isTransient);
    // What to do about expired credentials depends on their source: `renewalHint` adds it.
    const isRenewed = reason === 'expired-credentials';
    assert.match(error.message, isRenewed ? /^The AWS credentials have expired\.$/ : SENTENCES);
    assert.doesNotMatch(error.message, /^kms:|Exception/);
  });
}

for (const [code, message] of [
  ['ECONNRESET', /: AWS closed the connection\. /],
  ['EPIPE', /: AWS closed the connection\. /],
  ['ETIMEDOUT', /: AWS did not answer in time\. /],
] as const) {
  it(`${code}, which the AWS SDK calls a timeout, is reported as what it is`, () => {
    const error = Object.assign(new Error('x'), { code, name: 'TimeoutError' });
    assert.match(describeFailure(error, CALL).message, message);
  });
}

it('a failure of the service is one that passes', () => {
  const error = describeFailure(serviceError('InternalServerError', 'x', 500), CALL);
  assert.equal(error.reason, 'service');
  assert.equal(error.isTransient, true);
});

const DENIED_BY_POLICY =
  'User: arn:aws:iam::1:user/x is not authorized to perform: ssm:StartSession on resource: ' +
  'arn:aws:ec2:eu-west-1:1:instance/i-0 because no identity-based policy allows the ssm:StartSession action';

const TEXTS: readonly [name: string, text: string, call: Call, message: string][] = [
  [
    'AccessDeniedException',
    DENIED_BY_POLICY,
    START,
    `Cannot start a session on ${TARGET}: arn:aws:iam::1:user/x is not allowed to use ssm:StartSession on arn:aws:ec2:eu-west-1:1:instance/i-0 (no identity-based policy allows the ssm:StartSession action). Ask the administrator of the AWS account for this permission.`,
  ],
  [
    'AccessDeniedException',
    'User: arn:aws:iam::1:user/x is not authorized\nto perform: kms:GenerateDataKey.',
    CALL,
    'Cannot encrypt the session: arn:aws:iam::1:user/x is not allowed to use kms:GenerateDataKey. Ask the administrator of the AWS account for this permission.',
  ],
  [
    'AccessDeniedException',
    'not for you',
    START,
    `Cannot start a session on ${TARGET}: these AWS credentials are not allowed to use ssm:StartSession (not for you). Ask the administrator of the AWS account for this permission.`,
  ],
  [
    'UnauthorizedOperation',
    'You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows it. Encoded authorization failure message: abc',
    START,
    `Cannot start a session on ${TARGET}: arn:aws:iam::1:user/x is not allowed to use ec2:DescribeInstances (no identity-based policy allows it). Ask the administrator of the AWS account for this permission.`,
  ],
  [
    'BadRequest',
    'Enable advanced-instances tier to use Session Manager with your on-premises instances',
    START,
    `Cannot start a session on ${TARGET}: Enable advanced-instances tier to use Session Manager with your on-premises instances. For details, add \`--log-level debug\`.`,
  ],
  [
    'LimitExceededException',
    'You have exceeded the number of sessions.',
    START,
    `Cannot start a session on ${TARGET}: a quota of the AWS account is reached (You have exceeded the number of sessions). To list your open sessions, run \`session-manager-plugin sessions\`. To end one, run \`session-manager-plugin sessions --terminate ID\`.`,
  ],
  [
    'ThrottlingException',
    'Rate exceeded',
    START,
    `Cannot start a session on ${TARGET}: AWS received too many requests from this account. Try again in a minute.`,
  ],
  [
    'DisabledException',
    'arn:aws:kms:eu-west-1:1:key/k is disabled.',
    CALL,
    `Cannot encrypt the session: the KMS key ${KEY} is disabled. Ask its administrator to enable it: \`aws kms enable-key --key-id ${KEY}\`.`,
  ],
  [
    'TargetNotConnected',
    'i-0 is not connected.',
    START,
    `Cannot start a session on ${TARGET}: it is not connected to Systems Manager in eu-west-1. To find out why, run \`session-manager-plugin doctor ${TARGET}\`.`,
  ],
  [
    'TargetNotConnected',
    'The execute command failed.',
    { ...START, subject: { kind: 'target', id: 'ecs:main_0a1b_0a1b-1', document: '' } },
    `Cannot start a session on ${TARGET}: the container is not connected to Systems Manager, because its task has ended or ECS Exec is not enabled for it. To see which, run \`aws ecs describe-tasks --cluster main --tasks 0a1b --query "tasks[].[lastStatus,enableExecuteCommand]"\`.`,
  ],
  [
    'TargetNotConnected',
    'The execute command failed.',
    { ...START, subject: { kind: 'target', id: 'ecs:my_shop_0a1b_0a1b-1', document: '' } },
    `Cannot start a session on ${TARGET}: the container is not connected to Systems Manager, because its task has ended or ECS Exec is not enabled for it. To see which, run \`aws ecs describe-tasks --cluster my_shop --tasks 0a1b --query "tasks[].[lastStatus,enableExecuteCommand]"\`.`,
  ],
  [
    'InvalidDocument',
    'Document with name Own-Document does not exist.',
    START,
    `Cannot start a session on ${TARGET}: there is no document Own-Document in this region. To list the documents, run \`aws ssm list-documents --filters Key=DocumentType,Values=Session\`.`,
  ],
  [
    'InvalidDocument',
    'The document hash and hash type do not match.',
    START,
    `Cannot start a session on ${TARGET}: the document Own-Document cannot be used (The document hash and hash type do not match). To see it, run \`aws ssm get-document --name Own-Document\`.`,
  ],
  [
    'InvalidSignatureException',
    'Signature expired: 20200101T000000Z is now earlier than 20261128T000000Z',
    START,
    'AWS did not accept the time of the request: the clock of this machine is wrong. Set the clock, or turn on network time (NTP).',
  ],
  [
    'constructor',
    'Text',
    START,
    `Cannot start a session on ${TARGET}: Text. For details, add \`--log-level debug\`.`,
  ],
  [
    'UnknownError',
    'UnknownError',
    START,
    `Cannot start a session on ${TARGET}: AWS refused it. For details, add \`--log-level debug\`.`,
  ],
  [
    'Odd',
    '\x1b]0;title\x07\u202etext',
    START,
    `Cannot start a session on ${TARGET}: ]0;title text. For details, add \`--log-level debug\`.`,
  ],
];

for (const [name, text, call, expected] of TEXTS) {
  it(`what is wrong comes first, then what to do: ${name}, ${text.slice(0, 40)}`, () => {
    const { message, awsName } = describeFailure(serviceError(name, text), call, 'eu-west-1');
    assert.equal(message, expected);
    assert.equal(awsName, name);
  });
}

it('the log has the names of the API, the status, the id of the request and the message of AWS', () => {
  const error = serviceError('AccessDeniedException', 'not for you');
  Object.assign(error, { $metadata: { httpStatusCode: 400, requestId: '0a1b-2c3d' } });
  assert.equal(
    failureDetails(error, START),
    `ssm:StartSession for target ${TARGET} failed (AccessDeniedException, HTTP status 400, request id 0a1b-2c3d): not for you`,
  );
  assert.equal(
    failureDetails(serviceError('ExpiredTokenException', 'security-token: SECRET'), START),
    `ssm:StartSession for target ${TARGET} failed (ExpiredTokenException, HTTP status 400)`,
  );
});

it('an answer that does not come from AWS is reported as such, without its contents', () => {
  const syntax = new SyntaxError(`Unexpected token '<', "<html>login" is not valid JSON`);
  const page = Object.assign(syntax, { $metadata: { httpStatusCode: 403 } });
  assert.equal(
    describeFailure(page, CALL).message,
    'Cannot encrypt the session: the answer does not come from AWS (HTTP status 403). Sign in to the network if it has a sign-in page, and check the proxy and endpoint settings.',
  );
});

it('an answer that is not JSON is reported as unreadable', () => {
  const { message } = describeFailure(new SyntaxError('Unexpected end of JSON input'), CALL);
  assert.equal(
    message,
    'Cannot encrypt the session: the answer cannot be read. Check the proxy and endpoint settings. For details, add `--log-level debug`.',
  );
});

it('an error without an answer of the service is not reported as one', () => {
  const { message } = describeFailure(new TypeError('x is not a function'), CALL);
  assert.equal(
    message,
    'Cannot encrypt the session: the call to AWS failed (TypeError). For details, add `--log-level debug`.',
  );
});

it('a message of the service that quotes the request is left out', () => {
  const text = 'The Canonical String should have been x-amz-security-token:SECRET-TOKEN';
  for (const name of [
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
    'ExpiredTokenException',
    'InvalidIdentityToken',
    'SomethingElse',
  ]) {
    const error = describeFailure(serviceError(name, text, 403), CALL);
    assert.doesNotMatch(error.message, /SECRET-TOKEN/);
  }
});

it('a long answer is cut', () => {
  const error = describeFailure(serviceError('AccessDeniedException', 'x'.repeat(9999)), CALL);
  assert.ok(error.message.length < 1300);
});

it('an error of the network keeps its own text', () => {
  const network = new NetworkError(
    testFailure('proxy', 'the proxy http://p:1 (HTTPS_PROXY) cannot be used'),
  );
  const error = describeFailure(network, CALL);
  assert.equal(error.reason, 'network');
  assert.match(error.message, /HTTPS_PROXY/);
  const trust = new NetworkError(testFailure('certificate', 'the certificate of h is not trusted'));
  assert.equal(describeFailure(new Error('wrapped', { cause: trust }), CALL).reason, 'tls');
});

it("the system's errors are network failures", () => {
  const error = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  assert.equal(describeFailure(error, CALL).reason, 'network');
});

it('what is no error at all becomes one', () => {
  assert.equal(describeFailure('text', CALL).reason, 'service');
  assert.equal(describeFailure(undefined, CALL).reason, 'service');
});
