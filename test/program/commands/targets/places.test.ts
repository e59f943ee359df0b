import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { homeWith } from '../../../aws/aws-files.ts';
import { NO_CREDENTIALS } from '../../support/program.ts';
import { startAccount, WEB_1, WEB_2, type Account, type PipedRun } from '../support/account.ts';
import { outcomeOf, startCommand } from '../support/run-command.ts';

const HERE = { ...WEB_1, region: 'us-east-1' };
const THERE = { ...WEB_2, region: 'eu-west-1' };
const REGIONS = ['--region', 'us-east-1', '--region', 'eu-west-1'];
const DENIED = { status: 400, type: 'AccessDeniedException', message: 'not authorized' };

/** Two accounts, with the profiles `one` and `two`; the profile `none` has no credentials. */
interface Accounts {
  readonly one: Account;
  readonly two: Account;
  readonly run: (...args: readonly string[]) => Promise<PipedRun>;
}

async function startAccounts(t: Parameters<typeof startAccount>[0]): Promise<Accounts> {
  const one = await startAccount(t, [WEB_1]);
  const two = await startAccount(t, [WEB_2]);
  const profile = (name: string, { aws }: Account): string =>
    `[profile ${name}]\nregion = us-east-1\nendpoint_url = ${aws.endpoint}\n` +
    `aws_access_key_id = AK${name.toUpperCase()}\naws_secret_access_key = secret\n`;
  const config = `${profile('one', one)}${profile('two', two)}[profile none]\nregion = us-east-1\n`;
  const HOME = homeWith(t, { '.aws/config': config });
  return {
    one,
    two,
    run: (...args) =>
      one.run(['targets', ...args], {
        ...{ ...NO_CREDENTIALS, HOME, AWS_REGION: undefined, AWS_ENDPOINT_URL: undefined },
      }),
  };
}

function fields(stdout: string): readonly (readonly string[])[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

function nodesIn({ stdout }: PipedRun): readonly Readonly<Record<string, unknown>>[] {
  return JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
}

describe('targets in several regions', () => {
  it('is one table, in which the last column is the region', async (t) => {
    const account = await startAccount(t, [HERE, THERE]);
    const { status, stdout, stderr } = await account.run(['targets', ...REGIONS]);
    assert.deepEqual(
      fields(stdout).map((line) => [line[0], line.length, line.at(-1)]),
      [
        [HERE.id, 7, 'us-east-1'],
        [THERE.id, 7, 'eu-west-1'],
      ],
    );
    assert.equal(stderr, '2 managed nodes in us-east-1, eu-west-1.\n');
    assert.equal(status, 0);
    const inJson = nodesIn(await account.run(['targets', '--json', ...REGIONS]));
    assert.deepEqual(
      inJson.map(({ region, profile }) => [region, profile]),
      [
        ['us-east-1', undefined],
        ['eu-west-1', undefined],
      ],
    );
  });

  it('is the usual table for one region, also if it is named twice', async (t) => {
    const account = await startAccount(t, [HERE, THERE]);
    const args = ['targets', '--region', 'eu-west-1', '--region', 'eu-west-1'];
    const { stdout, stderr } = await account.run(args);
    assert.deepEqual(
      fields(stdout).map((line) => [line[0], line.length]),
      [[THERE.id, 6]],
    );
    assert.equal(stderr, '1 managed node in eu-west-1.\n');
  });

  it('lists the others when one has no such name', async (t) => {
    const account = await startAccount(t, [HERE, THERE]);
    const args = ['targets', ...REGIONS, '--region', 'evil.example/'];
    const { status, stdout, stderr } = await account.run(args);
    assert.equal(fields(stdout).length, 2);
    assert.match(stderr, /--region is "evil\.example\/", which is not an AWS region/);
    assert.equal(status, 255);
  });

  it('waits until the nodes of all are online', async (t) => {
    const offline = { ...THERE, pingStatus: 'ConnectionLost' } as const;
    const account = await startAccount(t, [HERE, offline]);
    const program = startCommand(t, account, ['targets', '--wait', ...REGIONS]);
    await program.stderr.until('the wait', (text) => text.includes('Waiting for web ('));
    account.aws.changeNode(THERE.id, { pingStatus: 'Online' });
    assert.equal(fields((await outcomeOf(program)).stdout).length, 2);
    const never = await account.run(['targets', '--wait=1s', ...REGIONS, 'nothing']);
    assert.match(never.stderr, /The nodes are not online after 1 s: no managed node matches/);
  });
});

describe('targets of several profiles', () => {
  it('is one table, whose last columns are region and profile', async (t) => {
    const { run } = await startAccounts(t);
    const { status, stdout, stderr } = await run('--profile', 'one', '--profile', 'two');
    assert.deepEqual(
      fields(stdout).map((line) => [line[0], ...line.slice(-2)]),
      [
        [WEB_1.id, 'us-east-1', 'one'],
        [WEB_2.id, 'us-east-1', 'two'],
      ],
    );
    assert.equal(stderr, '2 managed nodes in us-east-1 (one), us-east-1 (two).\n');
    assert.equal(status, 0);
  });

  it('asks each in every region, with the credentials of the profile', async (t) => {
    const { one, two, run } = await startAccounts(t);
    await run('--profile', 'one', '--profile', 'two', ...REGIONS);
    for (const [{ aws }, key] of [
      [one, 'AKONE'],
      [two, 'AKTWO'],
    ] as const) {
      assert.deepEqual(
        aws.apiCalls.map(({ accessKeyId, authorization }) => [
          accessKeyId,
          authorization.split('/')[2],
        ]),
        [
          [key, 'us-east-1'],
          [key, 'eu-west-1'],
        ],
      );
    }
  });

  it('reports one that fails, lists the others, and ends as a failure', async (t) => {
    const { one, run } = await startAccounts(t);
    one.aws.refuse('DescribeInstanceInformation', DENIED);
    const profiles = ['one', 'two', 'none', 'missing'].flatMap((name) => ['--profile', name]);
    const { status, stdout, stderr } = await run(...profiles);
    assert.deepEqual(
      fields(stdout).map(([id]) => id),
      [WEB_2.id],
    );
    assert.match(
      stderr,
      /^session-manager-plugin: us-east-1 \(one\): Cannot list the managed nod/m,
    );
    assert.match(stderr, /^session-manager-plugin: us-east-1 \(none\): .*credentials/m);
    assert.match(stderr, /^session-manager-plugin: missing: .*profile/im);
    assert.match(stderr, /\n1 managed node in us-east-1 \(two\)\.\n$/);
    assert.equal(status, 255);
    const inJson = await run('--json', ...profiles);
    assert.deepEqual(
      nodesIn(inJson).map(({ profile }) => profile),
      ['two'],
    );
    assert.match(inJson.stderr, /^\{"error":\{"reason":"access-denied".*us-east-1 \(one\): /);
  });

  it('fails when all fail, and reports each', async (t) => {
    const { run } = await startAccounts(t);
    const { status, stdout, stderr } = await run('--profile', 'none', '--profile', 'missing');
    assert.equal(stdout, '');
    assert.equal(status, 255);
    assert.equal(stderr.match(/^session-manager-plugin: /gm)?.length, 2);
  });

  it('reports whose names are missing', async (t) => {
    const { one, run } = await startAccounts(t);
    const type = 'UnauthorizedOperation';
    one.aws.refuse('DescribeInstances', { status: 403, type, message: 'no' });
    const { status, stderr } = await run('--profile', 'one', '--profile', 'two');
    assert.match(stderr, /^us-east-1 \(one\): The Name tags of EC2 instances are not shown, bec/);
    assert.equal(status, 0);
  });
});
