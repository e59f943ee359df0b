import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { startLocalAws, type LocalAws, type LocalAwsOptions } from '../../local-aws.ts';
import { postToSsm } from '../support/post-to-ssm.ts';

async function target(t: TestContext, options: LocalAwsOptions): Promise<LocalAws> {
  const aws = await startLocalAws(options);
  t.after(() => aws.close());
  return aws;
}

async function call(
  aws: LocalAws,
  operation: string,
  body: object,
): Promise<Record<string, unknown>> {
  const response = await postToSsm(aws, operation, body);
  return (await response.json()) as Record<string, unknown>;
}

function idsOf(answer: Record<string, unknown>): readonly string[] {
  const nodes = answer['InstanceInformationList'] as readonly { InstanceId: string }[];
  return nodes.map(({ InstanceId }) => InstanceId);
}

const WEB = { id: 'i-00000000000000001', nameTag: 'web' };
const AWAY = { id: 'mi-00000000000000002', pingStatus: 'ConnectionLost' } as const;

it('nodes come page by page, and a page names the next one', async (t) => {
  const nodes = Array.from({ length: 12 }, (_, i) => ({ id: `i-${String(i).padStart(8, '0')}` }));
  const aws = await target(t, { nodes });
  const first = await call(aws, 'DescribeInstanceInformation', { MaxResults: 7 });
  assert.deepEqual(
    idsOf(first),
    nodes.slice(0, 7).map(({ id }) => id),
  );
  const NextToken = first['NextToken'];
  const last = await call(aws, 'DescribeInstanceInformation', { MaxResults: 7, NextToken });
  assert.deepEqual(
    idsOf(last),
    nodes.slice(7).map(({ id }) => id),
  );
  assert.equal(last['NextToken'], undefined);
  const wrong = await call(aws, 'DescribeInstanceInformation', { NextToken: 'x' });
  assert.equal(wrong['__type'], 'InvalidNextToken');
  const few = await call(aws, 'DescribeInstanceInformation', { MaxResults: 4 });
  assert.equal(few['__type'], 'ValidationException');
});

it('nodes are found by id and by Name tag', async (t) => {
  const aws = await target(t, { nodes: [WEB, AWAY] });
  const find = async (Key: string, value: string): Promise<readonly string[]> =>
    idsOf(await call(aws, 'DescribeInstanceInformation', { Filters: [{ Key, Values: [value] }] }));
  assert.deepEqual(await find('InstanceIds', AWAY.id), [AWAY.id]);
  assert.deepEqual(await find('tag:Name', 'web'), [WEB.id]);
  assert.deepEqual(await find('tag:Name', 'w'), []);
});

it('sessions are started only on nodes whose agent is connected', async (t) => {
  const aws = await target(t, { nodes: [WEB, AWAY] });
  const status = async (Target: string): Promise<unknown> =>
    (await call(aws, 'GetConnectionStatus', { Target }))['Status'];
  assert.equal(await status(WEB.id), 'connected');
  assert.equal(await status(AWAY.id), 'notconnected');
  assert.equal(await status('i-99999999999999999'), 'notconnected');
  const refused = await call(aws, 'StartSession', { Target: AWAY.id });
  assert.equal(refused['__type'], 'TargetNotConnected');
  assert.equal(aws.sessions.length, 0);
  await call(aws, 'StartSession', { Target: WEB.id });
  assert.equal(aws.sessions.length, 1);
});

it('an operation is refused as a test asks, for as long as it asks', async (t) => {
  const aws = await target(t, { nodes: [WEB] });
  aws.refuse('StartSession', { status: 400, type: 'AccessDeniedException', message: 'no' });
  assert.deepEqual(await call(aws, 'StartSession', { Target: WEB.id }), {
    __type: 'AccessDeniedException',
    message: 'no',
  });
  aws.refuse('StartSession', undefined);
  assert.ok('SessionId' in (await call(aws, 'StartSession', { Target: WEB.id })));
});
