import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import type { SdkCalls } from '../../../../src/aws/sdk/sdk-calls.ts';
import { findDatabases } from '../../../../src/aws/sdk/calls/databases/find-databases.ts';
import { callFailures } from '../../../../src/failures/calls.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const NEVER = new Promise<never>(() => undefined);
const LIMIT_MS = 15_000;

/** Calls whose answers are empty, except those of a service. */
function answering(of: Readonly<Record<string, (purpose: string) => Promise<never>>>): SdkCalls {
  return {
    prepareCredentials: () => Promise.resolve(),
    call: <T>(service: string, { purpose }: { readonly purpose: string }) =>
      of[service]?.(purpose) ?? Promise.resolve({} as T),
  };
}

describe('findDatabases', () => {
  it('waits for no service longer than 15 s, and reports which one has not answered', async () => {
    const clock = createVirtualClock();
    const found = findDatabases(answering({ opensearch: () => NEVER }), clock);
    // The others have answered.
    await new Promise(setImmediate);
    clock.advance(LIMIT_MS - 1);
    assert.equal(clock.pending, 1);
    clock.advance(1);
    const { databases, missing } = await found;
    assert.deepEqual(databases, []);
    assert.deepEqual(
      missing.map(({ what, action, error }) => [what, action, error.reason]),
      [['the domains of OpenSearch Service', 'es:ListDomainNames', 'network']],
    );
    assert.equal(clock.pending, 0);
  });

  it('fails with the first failure when no service answers', async () => {
    const deny = (purpose: string): Promise<never> =>
      Promise.reject(new AwsError(callFailures['access-denied'](purpose, 'no')));
    const all = { rds: deny, elasticache: deny, opensearch: deny, redshift: deny };
    const found = findDatabases(answering(all), createVirtualClock());
    await assert.rejects(found, /Cannot list the DB instances of RDS: no/);
  });

  it('does not hide an error of the program', async () => {
    const broken = (): Promise<never> => Promise.reject(new TypeError('broken'));
    const found = findDatabases(answering({ redshift: broken }), createVirtualClock());
    await assert.rejects(found, /broken/);
  });
});
