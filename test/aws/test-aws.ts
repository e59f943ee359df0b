import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import { isAwsError, type AwsErrorReason } from '../../src/aws/sdk/aws-error.ts';
import { createCredentialsSource } from '../../src/aws/session-aws.ts';
import { noWaits } from '../../src/aws/report-wait.ts';
import { noUserPrompt } from '../../src/aws/credentials/sign-in/user-prompt.ts';
import type { AwsOptions } from '../../src/aws/aws-options.ts';
import type { Aws } from '../../src/aws/aws.ts';
import { lazyAws } from '../../src/aws/lazy-aws.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { accessKeyIdOf, answerJson, readBody } from '../local-aws/api/answers/json-request.ts';
import { networkFor } from '../network/test-network.ts';
import { homeWith } from './aws-files.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKTEST', AWS_SECRET_ACCESS_KEY: 'test-secret' };
export const SESSION = 'someone-0123456789abcdef0';
export const KEY = 'alias/sessions';
export const REQUEST = {
  kmsKeyId: KEY,
  sessionId: SESSION,
  targetId: 'i-0123456789abcdef0',
  challenge: undefined,
};

/** The calls to AWS as a process with this environment and an empty home directory makes them. */
export function awsFor(...args: Parameters<typeof awsOptionsFor>): Aws {
  return lazyAws(awsOptionsFor(...args));
}

/** What calls to AWS need, as a process with this environment and an empty home directory has it. */
export function awsOptionsFor(
  t: TestContext,
  env: Readonly<Record<string, string>>,
  endpoint = '',
  region = 'eu-west-1',
): AwsOptions {
  const whole = { HOME: homeWith(t, {}), ...KEYS, ...env };
  const options = {
    region,
    profile: '',
    endpoint,
    env: whole,
    platform: process.platform,
    network: networkFor(t, { env: whole }),
    logger: silentLogger,
    clock: systemClock,
    findUserPrompt: noUserPrompt,
    reportWait: noWaits,
  };
  return { ...options, credentials: createCredentialsSource(options) };
}

/** Whether an error is an `AwsError` with this reason whose message has all of these parts, and no secret. */
export function failsWith(reason: AwsErrorReason, ...words: readonly RegExp[]) {
  return (error: unknown): boolean => {
    assert.ok(isAwsError(error), String(error));
    assert.equal(error.reason, reason, error.message);
    for (const word of words) assert.match(error.message, word);
    assert.doesNotMatch(error.message, /test-secret|\n/);
    return true;
  };
}

/** The part of the SSM API that sessions need, with one answer to everything. */
export function ssmApi(
  status: number,
  body: object,
): { readonly listener: RequestListener; readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    listener: (request, response) => {
      void readBody(request).then((text) => {
        const target = String(request.headers['x-amz-target']);
        calls.push(`${target} ${accessKeyIdOf(request)} ${text}`);
        answerJson(response, status, body, 'application/x-amz-json-1.1');
      });
    },
  };
}
