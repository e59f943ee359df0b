import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AwsErrorReason } from '../../../src/aws/sdk/aws-error.ts';
import { describeFailure } from '../../../src/aws/sdk/describe-failure.ts';
import { NetworkError } from '../../../src/network/network-error.ts';

const CALL = { action: 'kms:GenerateDataKey', object: 'key alias/sessions' };

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

for (const [name, reason, isTransient] of REASONS) {
  it(`${name} is reported as ${reason}, with the action and the key`, () => {
    const error = describeFailure(serviceError(name, 'Something.'), CALL);
    assert.equal(error.reason, reason);
    assert.equal(error.isTransient, isTransient);
    assert.match(error.message, /^kms:GenerateDataKey for key alias\/sessions /);
    assert.doesNotMatch(error.message, /[\n.]$|\n/);
  });
}

it('a failure of the service is one that passes', () => {
  const error = describeFailure(serviceError('InternalServerError', 'x', 500), CALL);
  assert.equal(error.reason, 'service');
  assert.equal(error.isTransient, true);
});

const QUOTED: readonly [name: string, text: string, sentence: string][] = [
  [
    'AccessDeniedException',
    'User: arn:aws:iam::1:user/x is not authorized\nto perform: kms:GenerateDataKey.',
    'is not allowed: User: arn:aws:iam::1:user/x is not authorized to perform: kms:GenerateDataKey',
  ],
  [
    'BadRequest',
    'Enable advanced-instances tier to use Session Manager with your on-premises instances',
    'was refused (BadRequest): Enable advanced-instances tier to use Session Manager with your on-premises instances',
  ],
  [
    'ValidationException',
    "1 validation error detected: Value 'x' at 'target' failed to satisfy constraint",
    "was refused (ValidationException): 1 validation error detected: Value 'x' at 'target' failed to satisfy constraint",
  ],
  [
    'LimitExceededException',
    'You have exceeded the number of sessions.',
    'was refused (LimitExceededException): You have exceeded the number of sessions',
  ],
  [
    'OptInRequired',
    'You are not subscribed to this service.',
    'was refused (OptInRequired): You are not subscribed to this service',
  ],
  ['ThrottlingException', 'Rate exceeded', 'failed because of too many requests: Rate exceeded'],
  [
    'DisabledException',
    'arn:aws:kms:eu-west-1:1:key/k is disabled.',
    'failed because the key is disabled: arn:aws:kms:eu-west-1:1:key/k is disabled',
  ],
  [
    'TargetNotConnected',
    'i-0 is not connected.',
    'failed because its agent is not connected to Systems Manager: i-0 is not connected; to find out why, run session-manager-plugin doctor TARGET',
  ],
  ['constructor', 'Text', 'was refused (constructor): Text'],
  ['UnknownError', 'UnknownError', 'was refused (UnknownError, HTTP status 400)'],
  ['Odd', '\x1b]0;title\x07\u202etext', 'was refused (Odd): ]0;title text'],
];

for (const [name, text, sentence] of QUOTED) {
  it(`the message of AWS is printed as one harmless line: ${name}`, () => {
    const { message, code } = describeFailure(serviceError(name, text), CALL);
    assert.equal(message, `kms:GenerateDataKey for key alias/sessions ${sentence}`);
    assert.equal(code, name);
  });
}

it('an answer that does not come from AWS is reported as such, without its contents', () => {
  const syntax = new SyntaxError(`Unexpected token '<', "<html>login" is not valid JSON`);
  const page = Object.assign(syntax, { $metadata: { httpStatusCode: 403 } });
  assert.equal(
    describeFailure(page, CALL).message,
    'kms:GenerateDataKey for key alias/sessions failed: the answer does not come from AWS (SyntaxError, HTTP status 403)',
  );
});

it('an error without an answer of the service is not reported as one', () => {
  const { message } = describeFailure(new TypeError('x is not a function'), CALL);
  assert.equal(message, 'kms:GenerateDataKey for key alias/sessions failed (TypeError)');
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
  assert.ok(error.message.length < 1100);
});

it('an error of the network keeps its own text', () => {
  const network = new NetworkError('proxy', 'the proxy http://p:1 (HTTPS_PROXY) cannot be used');
  const error = describeFailure(network, CALL);
  assert.equal(error.reason, 'network');
  assert.match(error.message, /HTTPS_PROXY/);
  const trust = new NetworkError('certificate', 'the certificate of h is not trusted');
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
