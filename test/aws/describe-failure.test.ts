import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsErrorReason } from '../../src/aws/aws-error.ts';
import { describeFailure } from '../../src/aws/describe-failure.ts';
import { NetworkError } from '../../src/network/network-error.ts';

const CALL = { action: 'kms:GenerateDataKey', object: 'key alias/sessions' };

function serviceError(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

const REASONS: readonly [name: string, reason: AwsErrorReason, isPassing: boolean][] = [
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

for (const [name, reason, isPassing] of REASONS) {
  test(`${name} is told as ${reason}, with the action and the key`, () => {
    const error = describeFailure(serviceError(name, 'Something.'), CALL);
    assert.equal(error.reason, reason);
    assert.equal(error.isPassing, isPassing);
    assert.match(error.message, /^kms:GenerateDataKey for key alias\/sessions /);
    assert.doesNotMatch(error.message, /[\n.]$|\n/);
  });
}

test('a failure of the service is one that passes', () => {
  const error = describeFailure(serviceError('InternalServerError', 'x', 500), CALL);
  assert.equal(error.reason, 'service');
  assert.equal(error.isPassing, true);
});

test("who may not do what is quoted from the service's answer, as one line", () => {
  const text = 'User: arn:aws:iam::1:user/x is not authorized\nto perform: kms:GenerateDataKey.';
  const error = describeFailure(serviceError('AccessDeniedException', text), CALL);
  assert.match(error.message, /arn:aws:iam::1:user\/x is not authorized to perform/);
});

test('the request that the service says it would have signed is not quoted', () => {
  const text = 'The Canonical String should have been x-amz-security-token:SECRET-TOKEN';
  for (const name of ['SignatureDoesNotMatch', 'InvalidSignatureException', 'SomethingElse']) {
    const error = describeFailure(serviceError(name, text, 403), CALL);
    assert.doesNotMatch(error.message, /SECRET-TOKEN/);
  }
});

test('a long answer is cut', () => {
  const error = describeFailure(serviceError('AccessDeniedException', 'x'.repeat(9999)), CALL);
  assert.ok(error.message.length < 600);
});

test('what the network met is told in its own words', () => {
  const network = new NetworkError('proxy', 'the proxy http://p:1 (HTTPS_PROXY) cannot be used');
  const error = describeFailure(network, CALL);
  assert.equal(error.reason, 'network');
  assert.match(error.message, /HTTPS_PROXY/);
  const trust = new NetworkError('certificate', 'the certificate of h is not trusted');
  assert.equal(describeFailure(new Error('wrapped', { cause: trust }), CALL).reason, 'tls');
});

test("the system's errors are network failures", () => {
  const error = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  assert.equal(describeFailure(error, CALL).reason, 'network');
});

test('what is no error at all becomes one', () => {
  assert.equal(describeFailure('text', CALL).reason, 'service');
  assert.equal(describeFailure(undefined, CALL).reason, 'service');
});
