import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startAccount, PRINTER, WEB_1, WEB_2 } from '../support/account.ts';

/** A command that asks nothing but its target, and what becomes of it. */
const REMOTE = ['--', 'true'];

describe('a target without a terminal', () => {
  it('is taken as it is when it is an id, without asking for the nodes', async (t) => {
    const account = await startAccount(t);
    const { status } = await account.run(['shell', WEB_1.id]);
    assert.equal(status, 0);
    const operations = account.aws.apiCalls.map(({ operation }) => operation);
    assert.ok(!operations.includes('DescribeInstanceInformation'), operations.join());
    assert.equal(account.aws.sessions[0]?.request.Target, WEB_1.id);
  });

  it('is a task of ECS, which no list of nodes has', async (t) => {
    const account = await startAccount(t);
    const { status } = await account.run(['exec', 'ecs:main_0123_0123-45', ...REMOTE]);
    assert.equal(status, 0);
    assert.equal(account.aws.sessions[0]?.request.Target, 'ecs:main_0123_0123-45');
    assert.deepEqual(
      account.aws.apiCalls.map(({ operation }) => operation),
      ['GetDocument', 'StartSession'],
    );
  });

  for (const [what, name] of [
    ['its private address', '10.0.0.8'],
    ['its host name', 'WEB-2.example.internal'],
    ['its host name without the domain', 'web-2'],
    ['another of its private addresses', '10.0.1.8'],
    ['the DNS name EC2 gave it', 'ip-10-0-0-8.ec2.internal'],
  ] as const) {
    it(`is found by ${what}`, async (t) => {
      const account = await startAccount(t, [WEB_1, { ...WEB_2, secondAddress: '10.0.1.8' }]);
      const { status, stderr } = await account.run(['exec', name, ...REMOTE]);
      assert.equal(status, 0, stderr);
      assert.equal(account.aws.sessions[0]?.request.Target, WEB_2.id);
    });
  }

  it('is found by its Name tag, without asking for all nodes', async (t) => {
    const account = await startAccount(t, [
      { ...PRINTER, pingStatus: 'Online', platformType: 'Linux' },
      WEB_1,
    ]);
    const { status, stderr } = await account.run(['exec', 'office', ...REMOTE]);
    assert.equal(status, 0, stderr);
    assert.equal(account.aws.sessions[0]?.request.Target, PRINTER.id);
    const lists = account.aws.apiCalls.filter(
      ({ operation }) => operation === 'DescribeInstanceInformation',
    );
    assert.equal(lists.length, 1);
    assert.deepEqual(account.aws.ec2Calls, []);
  });

  it('is reported to be out of reach when only EC2 knows it', async (t) => {
    const account = await startAccount(t, [WEB_1, { ...WEB_2, nameTag: 'mail', managed: false }]);
    const { status, stderr } = await account.run(['exec', 'mail', ...REMOTE]);
    assert.equal(status, 255);
    assert.match(stderr, /"mail" is the EC2 instance i-0+2, which Systems Manager does not manage/);
  });

  it('is refused with the list when several have the name', async (t) => {
    const account = await startAccount(t);
    const { status, stderr } = await account.run(['exec', 'web', ...REMOTE]);
    assert.equal(status, 255);
    assert.equal(
      stderr,
      [
        'session-manager-plugin: "web" is the name of 2 managed nodes. Pass the id of one:',
        '  i-00000000000000001  web  10.0.0.7  Debian GNU/Linux 12  Online',
        '  i-00000000000000002  web  10.0.0.8  Debian GNU/Linux 12  Online',
        '',
      ].join('\n'),
    );
    assert.deepEqual(account.aws.sessions, []);
  });

  it('is refused with similar names when no node has it', async (t) => {
    const account = await startAccount(t);
    const { status, stderr } = await account.run(['exec', 'wbe-1', ...REMOTE]);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /No managed node has the Name tag, .* "wbe-1"\.\nDid you mean web-1(, [^\n]*)?\?\n$/,
    );
    const { stderr: far } = await account.run(['exec', 'nothing-like-it', ...REMOTE]);
    assert.match(far, /To list the managed nodes, run `session-manager-plugin targets`\.\n$/);
  });

  it('must be named', async (t) => {
    const account = await startAccount(t);
    const left = await account.run(['shell']);
    assert.equal(left.status, 255);
    assert.match(left.stderr, /The target is missing, .*\. Pass its id/);
    const empty = await account.run(['shell', '']);
    assert.equal(empty.status, 255);
    assert.match(empty.stderr, /The name of the target is empty/);
    assert.deepEqual(account.aws.apiCalls, []);
  });
});
