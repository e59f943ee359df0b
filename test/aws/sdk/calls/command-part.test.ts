import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { Aws, ManagedNode, NodeFilter } from '../../../../src/aws/aws.ts';
import { startLocalAws, type LocalAws, type LocalNode } from '../../../local-aws/local-aws.ts';
import { LOCAL_IDENTITY } from '../../../local-aws/api/credentials/sts-api.ts';
import { failsWith, awsFor } from '../../test-aws.ts';

const WEB: LocalNode = {
  id: 'i-00000000000000001',
  nameTag: 'web',
  computerName: 'ip-10-0-0-7.internal',
  ipAddress: '10.0.0.7',
  agentVersion: '3.3.40.0',
};
const PRINTER: LocalNode = {
  id: 'mi-00000000000000002',
  name: 'printer',
  platformType: 'Windows',
  platformName: 'Microsoft Windows Server 2022 Datacenter',
  platformVersion: '10.0.20348',
  pingStatus: 'ConnectionLost',
};

/** More nodes than one answer holds. */
const MANY = 123;
/** More instances than one answer of EC2 holds. */
const MORE_THAN_A_PAGE = 1003;

async function callsOf(
  t: TestContext,
  nodes: readonly LocalNode[],
): Promise<{ readonly aws: LocalAws; readonly calls: Aws }> {
  const aws = await startLocalAws({ nodes });
  t.after(() => aws.close());
  return {
    aws,
    calls: awsFor(t, { AWS_ENDPOINT_URL: aws.endpoint }, '', 'eu-west-1'),
  };
}

async function list(calls: Aws, filter?: NodeFilter): Promise<readonly ManagedNode[]> {
  const found: ManagedNode[] = [];
  for await (const node of calls.nodes(filter)) found.push(node);
  return found;
}

it('nodes have the names that users know', async (t) => {
  const { calls } = await callsOf(t, [WEB, PRINTER]);
  assert.deepEqual(await list(calls), [
    {
      id: 'i-00000000000000001',
      name: 'ip-10-0-0-7.internal',
      platform: 'Debian GNU/Linux 12',
      platformType: 'Linux',
      pingStatus: 'Online',
      agentVersion: '3.3.40.0',
      ipAddress: '10.0.0.7',
      computerName: 'ip-10-0-0-7.internal',
    },
    {
      id: 'mi-00000000000000002',
      name: 'printer',
      platform: 'Microsoft Windows Server 2022 Datacenter 10.0.20348',
      platformType: 'Windows',
      pingStatus: 'ConnectionLost',
      agentVersion: '3.3.987.0',
      ipAddress: '10.0.0.1',
      computerName: 'mi-00000000000000002.internal',
    },
  ]);
});

it('nodes are found by id, and by Name tag, which is their name then', async (t) => {
  const { calls } = await callsOf(t, [WEB, PRINTER]);
  assert.deepEqual(
    (await list(calls, { ids: [PRINTER.id] })).map(({ id }) => id),
    [PRINTER.id],
  );
  const named = await list(calls, { nameTag: 'web' });
  assert.deepEqual(
    named.map(({ id, name }) => [id, name]),
    [[WEB.id, 'web']],
  );
});

it('every page of nodes is requested, and no page before it is needed', async (t) => {
  const nodes = Array.from({ length: MANY }, (_, i) => ({ id: `i-${String(i).padStart(8, '0')}` }));
  const { aws, calls } = await callsOf(t, nodes);
  assert.deepEqual(
    (await list(calls)).map(({ id }) => id),
    nodes.map(({ id }) => id),
  );
  assert.equal(aws.apiCalls.length, 3);
  for await (const node of calls.nodes()) {
    assert.equal(node.id, nodes[0]?.id);
    break;
  }
  assert.equal(aws.apiCalls.length, 4);
});

it('instances come with their names and addresses, page by page', async (t) => {
  const many = Array.from({ length: MORE_THAN_A_PAGE }, (_, i) => ({
    id: `i-${String(i).padStart(8, '0')}`,
    nameTag: `<${i}>`,
    ipAddress: '10.0.0.7',
    secondAddress: '10.0.1.7',
    managed: i % 2 === 0,
  }));
  const { aws, calls } = await callsOf(t, [...many, PRINTER]);
  const instances = await calls.instances();
  assert.deepEqual(
    instances.map(({ id, nameTag }) => [id, nameTag]),
    many.map(({ id, nameTag }) => [id, nameTag]),
  );
  assert.deepEqual(instances[0], {
    id: 'i-00000000',
    state: 'running',
    nameTag: '<0>',
    addresses: ['10.0.0.7', '10.0.1.7'],
    hostNames: ['ip-10-0-0-7.ec2.internal'],
    details: {
      tags: { Name: '<0>' },
      publicAddress: '',
      vpc: 'vpc-0a1b2c3d4e5f60718',
      zone: 'us-east-1a',
      image: 'ami-0a1b2c3d4e5f60718',
      launchTime: '2026-01-02T03:04:05.000Z',
    },
  });
  assert.deepEqual(aws.ec2Calls, ['DescribeInstances', 'DescribeInstances']);
});

it('an instance has a state, which StartInstances changes', async (t) => {
  const { aws, calls } = await callsOf(t, [
    { id: WEB.id, instanceState: 'stopped', stateReason: 'Client.UserInitiatedShutdown\u001b[2J' },
  ]);
  assert.deepEqual(await calls.instance(WEB.id), {
    state: 'stopped',
    reason: 'Client.UserInitiatedShutdown [2J',
  });
  await calls.startInstance(WEB.id);
  assert.equal((await calls.instance(WEB.id))?.state, 'pending');
  assert.equal(await calls.instance('i-0f0f0f0f0f0f0f0f0'), undefined);
  aws.changeNode(WEB.id, { instanceState: 'stopping' });
  await assert.rejects(calls.startInstance(WEB.id), {
    awsName: 'IncorrectInstanceState',
    message: /^Cannot start the instance i-\w+: .*not in a state from which it can be started/,
  });
});

it('a document has parameters and settings, and a missing one is reported as missing', async (t) => {
  const { calls } = await callsOf(t, []);
  const { parameters, properties, inputs } = await calls.document('AWS-StartNonInteractiveCommand');
  assert.deepEqual([...parameters].slice(0, 2), [
    ['command', { defaultValue: undefined, allowedValues: undefined }],
    ['separateOutputStream', { defaultValue: 'false', allowedValues: ['true', 'false'] }],
  ]);
  assert.deepEqual(Object.keys(properties), ['linux', 'macos', 'windows']);
  assert.deepEqual(inputs, {});
  await assert.rejects(
    calls.document('Nobodys'),
    failsWith(
      'not-found',
      /^Cannot read the document Nobodys: there is no document Nobodys in this region\. /,
    ),
  );
});

it('throttling is waited out', async (t) => {
  const { aws, calls } = await callsOf(t, [WEB]);
  aws.refuse('DescribeInstanceInformation', {
    status: 400,
    type: 'ThrottlingException',
    message: 'Rate exceeded',
    times: 2,
  });
  assert.equal((await list(calls))[0]?.id, WEB.id);
  assert.equal(aws.apiCalls.length, 3);
});

it('a refusal that names no user or role is completed with the caller', async (t) => {
  const { aws, calls } = await callsOf(t, [WEB]);
  aws.refuse('StartSession', { status: 400, type: 'AccessDeniedException', message: 'denied' });
  await assert.rejects(
    calls.startSession({ target: WEB.id }),
    failsWith(
      'access-denied',
      new RegExp(`${LOCAL_IDENTITY.arn} is not allowed to use ssm:StartSession \\(denied\\)\\. `),
    ),
  );
});

it('a session is started with all that was wished, listed as open, and ended', async (t) => {
  const { aws, calls } = await callsOf(t, [WEB]);
  const before = Date.now();
  const started = await calls.startSession({
    target: WEB.id,
    documentName: 'AWS-StartInteractiveCommand',
    parameters: { command: ['true'] },
    reason: 'ticket 7',
  });
  const session = aws.session(started.sessionId);
  assert.equal(started.tokenValue, session.response.TokenValue);
  assert.equal(started.streamUrl, session.response.StreamUrl);
  assert.deepEqual(session.request.Parameters, { command: ['true'] });
  const [open, ...others] = await calls.openSessions();
  assert.deepEqual(others, []);
  assert.equal(open?.sessionId, started.sessionId);
  assert.equal(open.target, WEB.id);
  assert.equal(open.documentName, 'AWS-StartInteractiveCommand');
  assert.equal(open.reason, 'ticket 7');
  assert.ok(open.startedAt >= before - 1 && open.startedAt <= Date.now());
  await calls.terminateSession(started.sessionId);
  assert.equal((await session.closed).by, 'api');
  assert.deepEqual(await calls.openSessions(), []);
});

it('a target without a connected agent is reported, with the command that finds the cause', async (t) => {
  const { calls } = await callsOf(t, [WEB, PRINTER]);
  assert.equal(await calls.isConnected(WEB.id), true);
  assert.equal(await calls.isConnected(PRINTER.id), false);
  await assert.rejects(
    calls.startSession({ target: PRINTER.id }),
    failsWith(
      'target-not-connected',
      /^Cannot start a session on mi-0+2: it is not connected to Systems Manager in /,
      /doctor/,
    ),
  );
});

it('the Security Token Service names the caller', async (t) => {
  const { calls } = await callsOf(t, []);
  assert.deepEqual(await calls.callerIdentity(), {
    account: LOCAL_IDENTITY.account,
    arn: LOCAL_IDENTITY.arn,
  });
});

it('a refusal names who is refused, and the action', async (t) => {
  const { aws, calls } = await callsOf(t, [WEB]);
  aws.refuse('DescribeInstanceInformation', {
    status: 400,
    type: 'AccessDeniedException',
    message: 'User: arn:aws:iam::123456789012:user/local is not authorized',
  });
  await assert.rejects(
    list(calls),
    failsWith(
      'access-denied',
      /^Cannot list the managed nodes: /,
      /user\/local is not allowed to use ssm:DescribeInstanceInformation\. /,
    ),
  );
  aws.refuse('TerminateSession', { status: 400, type: 'ExpiredTokenException', message: 'old' });
  await assert.rejects(
    calls.terminateSession('someone-1'),
    failsWith(
      'expired-credentials',
      /^The AWS credentials have expired\. Set new ones in AWS_ACCESS_KEY_ID/,
    ),
  );
});

for (const [env, region, hosts] of [
  [
    {},
    'eu-west-1',
    {
      ssm: 'ssm.eu-west-1.amazonaws.com',
      ssmmessages: 'ssmmessages.eu-west-1.amazonaws.com',
      kms: 'kms.eu-west-1.amazonaws.com',
      sts: 'sts.eu-west-1.amazonaws.com',
    },
  ],
  [{}, 'cn-north-1', { ssmmessages: 'ssmmessages.cn-north-1.amazonaws.com.cn' }],
  [
    { AWS_USE_FIPS_ENDPOINT: 'true' },
    'us-east-1',
    {
      ssmmessages: 'ssmmessages-fips.us-east-1.amazonaws.com',
      sts: 'sts-fips.us-east-1.amazonaws.com',
    },
  ],
] as const) {
  it(`the endpoints of ${region} with ${JSON.stringify(env)} are the region's`, async (t) => {
    const calls = awsFor(t, env, '', region);
    for (const service of ['ssm', 'ssmmessages', 'kms', 'sts'] as const) {
      const host = Reflect.get(hosts, service) as string | undefined;
      if (host !== undefined) assert.equal(await calls.endpoint(service), `https://${host}`);
    }
  });
}

it('a configured endpoint is named as it is, and the caller’s is for SSM alone', async (t) => {
  const env = { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:2' };
  const calls = awsFor(t, env, 'http://127.0.0.1:1', 'eu-west-1');
  assert.equal(await calls.endpoint('ssm'), 'http://127.0.0.1:1');
  assert.equal(await calls.endpoint('sts'), 'http://127.0.0.1:2');
  assert.equal(await calls.endpoint('kms'), 'https://kms.eu-west-1.amazonaws.com');
});
