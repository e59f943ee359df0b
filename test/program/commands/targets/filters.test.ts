import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PRINTER, startAccount, WEB_1, WEB_2, type Account } from '../support/account.ts';

const MAC = {
  id: 'i-00000000000000004',
  nameTag: 'mac',
  platformType: 'MacOS',
  publicAddress: '203.0.113.7',
  vpc: 'vpc-0f0f0f0f',
} as const;
const NODES = [
  { ...WEB_1, tags: { Role: 'web', Env: 'prod' } },
  { ...WEB_2, tags: { Role: 'web', Env: 'test' }, pingStatus: 'ConnectionLost' },
  { ...PRINTER, tags: { Role: 'printer', Env: 'test' } },
  MAC,
] as const;

async function idsOf(account: Account, args: readonly string[]): Promise<readonly string[]> {
  const { status, stdout } = await account.run(['targets', ...args]);
  assert.equal(status, 0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] ?? '')
    .sort();
}

describe('targets selects nodes', () => {
  for (const [args, expected] of [
    [
      ['--tag', 'Role=web'],
      [WEB_1.id, WEB_2.id],
    ],
    [['--tag', 'Role=web', '--tag', 'Env=test'], [WEB_2.id]],
    [
      ['--tag', 'Role=web', '--tag', 'Role=printer', '--tag', 'Env=test'],
      [WEB_2.id, PRINTER.id],
    ],
    [
      ['--platform', 'linux'],
      [WEB_1.id, WEB_2.id],
    ],
    [['--platform', 'windows'], [PRINTER.id]],
    [['--platform', 'macos'], [MAC.id]],
    [['--online'], [WEB_1.id, MAC.id]],
    [['--online', '--platform', 'linux', 'web'], [WEB_1.id]],
    [['--vpc', MAC.vpc], [MAC.id]],
    [['--vpc', 'vpc-00000000'], []],
  ] as const) {
    it(args.join(' '), async (t) => {
      const account = await startAccount(t, NODES);
      assert.deepEqual(await idsOf(account, args), expected);
    });
  }

  it('and counts them: of nodes without a tag it does not know how many there are', async (t) => {
    const account = await startAccount(t, NODES);
    const { region } = account.aws;
    for (const [args, sentence] of [
      [['--online'], `2 of 4 managed nodes in ${region} match.\n`],
      [['--tag', 'Env=prod'], `1 managed node in ${region} matches.\n`],
      [['--tag', 'Env=none'], `0 managed nodes in ${region} match.\n`],
    ] as const) {
      assert.equal((await account.run(['targets', ...args])).stderr, sentence);
    }
  });

  it('and refuses values that cannot be meant', async (t) => {
    const account = await startAccount(t, NODES);
    for (const [args, message] of [
      [['--tag', 'web'], /--tag cannot be "web"/],
      [['--vpc', '10.0.0.0/8'], /--vpc cannot be "10\.0\.0\.0\/8"/],
      [['--platform', 'dos'], /--platform/],
    ] as const) {
      const { status, stderr } = await account.run(['targets', ...args]);
      assert.equal(status, 255);
      assert.match(stderr, message);
    }
    assert.equal(account.aws.apiCalls.length, 0);
  });
});

describe('targets --json', () => {
  it('has what EC2 knows about an instance', async (t) => {
    const account = await startAccount(t, [MAC]);
    const { stdout, stderr } = await account.run(['targets', '--json', '--tag', 'Name=mac']);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), [
      {
        ...{ id: MAC.id, name: 'mac', platform: 'Debian GNU/Linux 12', pingStatus: 'Online' },
        ...{ agentVersion: '3.3.987.0', ipAddress: '10.0.0.1' },
        ...{ computerName: `${MAC.id}.internal`, region: account.aws.region, state: 'running' },
        addresses: ['10.0.0.1'],
        hostNames: ['ip-10-0-0-1.ec2.internal'],
        tags: { Name: 'mac' },
        publicAddress: '203.0.113.7',
        vpc: MAC.vpc,
        zone: 'us-east-1a',
        image: 'ami-0a1b2c3d4e5f60718',
        launchTime: '2026-01-02T03:04:05.000Z',
      },
    ]);
  });

  it('has tags whatever they are called, and nothing that controls a terminal', async (t) => {
    const tags = { __proto__tag: '1', ['__proto__']: 'x', 'a\u009b2J': '\u001b[2J\u202e' };
    const account = await startAccount(t, [{ ...MAC, tags }]);
    const { stdout } = await account.run(['targets', '--json']);
    for (const control of ['\u001b', '\u009b', '\u202e']) assert.ok(!stdout.includes(control));
    const [{ tags: shown }] = JSON.parse(stdout) as [{ tags: Record<string, string> }];
    assert.equal(Object.getOwnPropertyDescriptor(shown, '__proto__')?.value, 'x');
    assert.equal(shown['__proto__tag'], '1');
  });

  it('is without it, and reports why, when EC2 refuses', async (t) => {
    const account = await startAccount(t, [MAC]);
    const refusal = { status: 403, type: 'UnauthorizedOperation', message: 'no' };
    account.aws.refuse('DescribeInstances', refusal);
    const { status, stdout, stderr } = await account.run(['targets', '--json']);
    assert.equal(status, 0);
    const [node] = JSON.parse(stdout) as [object];
    assert.equal('vpc' in node || 'tags' in node, false);
    assert.match(
      stderr,
      /^The names, tags, addresses, .* are not shown, because you are not allow/,
    );
    const ofVpc = await account.run(['targets', '--vpc', MAC.vpc]);
    assert.equal(ofVpc.status, 255);
    assert.match(ofVpc.stderr, /Cannot list the nodes of a VPC\. .*ec2:DescribeInstances/);
  });
});
