import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCallRates } from '../../api/operations/call-rates.ts';
import { startLocalAws } from '../../local-aws.ts';

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
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetDocument',
    },
    body: JSON.stringify({ Name: 'AWS-StartSSHSession' }),
  });
  assert.equal(response.status, 400);
  const { __type } = (await response.json()) as Record<string, unknown>;
  assert.equal(__type, 'ThrottlingException');
});
