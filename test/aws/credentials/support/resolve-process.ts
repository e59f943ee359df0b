import assert from 'node:assert/strict';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { IssuedCredentials } from '../../../local-aws/api/credentials/sso-api.ts';
import { execFile } from '../../../support/child-process.ts';

export const HOUR_MS = 3_600_000;
export const ISSUED: IssuedCredentials = {
  accessKeyId: 'ASIAISSUED',
  secretAccessKey: 'issued-secret',
  sessionToken: 'issued-token',
  expiration: Date.now() + HOUR_MS,
};
export const FROM_CHAIN = {
  accessKeyId: ISSUED.accessKeyId,
  secretAccessKey: ISSUED.secretAccessKey,
  sessionToken: ISSUED.sessionToken,
  sdkLoaded: true,
};
export const SOURCE_KEYS =
  '[source]\naws_access_key_id = AKSOURCE\naws_secret_access_key = source-secret\n';

/** What a look-up gave. */
export interface Outcome {
  readonly accessKeyId?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly sdkLoaded: boolean;
}

/** Looks credentials up in a process of its own, because the AWS SDK reads its environment. */
export async function resolve(
  home: string,
  profile: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'print-credentials.ts'),
      profile,
    ],
    {
      cwd: home,
      env: { HOME: home, PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true', ...env },
    },
  );
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Outcome;
}

/** Checks that no credentials are found for this reason, and that the message has no secret. */
export function refused(outcome: Outcome, reason: string, ...words: readonly RegExp[]): void {
  assert.equal(outcome.reason, reason, outcome.message ?? 'no message');
  for (const word of words) assert.match(outcome.message ?? '', word);
  assert.doesNotMatch(outcome.message ?? '', /secret|\n/);
}
