import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCallRates } from '../../api/operations/call-rates.ts';
import { startLocalAws } from '../../local-aws.ts';
import { postToSsm } from '../support/post-to-ssm.ts';

it('an operation with a rate is answered as often as that, and throttled else', () => {
  let now = 0;
  const failure = createCallRates({ StartSession: 2 }, () => now);
  const answered = (operation = 'StartSession'): boolean => failure(operation) === undefined;
  assert.deepEqual([answered(), answered(), answered()], [true, true, false]);
  assert.ok(answered('TerminateSession'));
  now += 500;
  assert.deepEqual([answered(), answered()], [true, false]);
  now += 60_000;
  assert.deepEqual([answered(), answered(), answered()], [true, true, false]);
});

it('a call that is throttled gets the error of the service', async (t) => {
  const aws = await startLocalAws({ callRates: { GetDocument: 0 } });
  t.after(() => aws.close());
  const response = await postToSsm(aws, 'GetDocument', { Name: 'AWS-StartSSHSession' });
  assert.equal(response.status, 400);
  const { __type } = (await response.json()) as Record<string, unknown>;
  assert.equal(__type, 'ThrottlingException');
});
