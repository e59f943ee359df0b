import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSilentService } from '../../port/support/target-service.ts';
import { startInTerminal } from '../../support/terminal-program.ts';
import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { render } from '../../../support/screen.ts';
import { startAccount, PRINTER, WEB_1, WEB_2 } from '../support/account.ts';

const TOKYO: LocalNode = {
  id: 'i-00000000000000005',
  nameTag: '東京のデータベースサーバー 🙂',
  ipAddress: '10.0.0.30',
};

describe('targets', () => {
  it('lists all nodes, tab-separated, one a line, in a pipe', async (t) => {
    const account = await startAccount(t);
    const { status, stdout, stderr } = await account.run(['targets']);
    assert.equal(stderr, `3 managed nodes in ${account.aws.region}.\n`);
    assert.equal(
      stdout,
      [
        'mi-00000000000000003\tprinter\tMicrosoft Windows Server 2022 Datacenter 10.0.20348\tConnectionLost\t2.3.612.0\t10.0.0.9',
        'i-00000000000000001\tweb\tDebian GNU/Linux 12\tOnline\t3.3.987.0\t10.0.0.7',
        'i-00000000000000002\tweb\tDebian GNU/Linux 12\tOnline\t3.3.987.0\t10.0.0.8',
        '',
      ].join('\n'),
    );
    assert.equal(status, 0);
  });

  it('shows host names where EC2 does not list the Name tags, and reports why on stderr', async (t) => {
    const account = await startAccount(t, [WEB_1]);
    account.aws.refuse('DescribeInstances', {
      status: 403,
      type: 'UnauthorizedOperation',
      message:
        'You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/local',
    });
    const { status, stdout, stderr } = await account.run(['targets']);
    assert.equal(status, 0);
    assert.equal(stdout.split('\t')[1], 'web-1.example.internal');
    assert.equal(
      stderr,
      'The Name tags of EC2 instances are not shown, because you are not allowed to read them. ' +
        'To see them, ask the administrator of the AWS account for the permission ec2:DescribeInstances.\n' +
        `1 managed node in ${account.aws.region}.\n`,
    );
    const quiet = await account.run(['targets', '--quiet']);
    assert.equal(quiet.stderr, '');
    const quietByVariable = await account.run(['targets'], { SSM_PLUGIN_QUIET: '1' });
    assert.equal(quietByVariable.stderr, '');
  });

  it('shows host names after a while when EC2 never answers', async (t) => {
    const { port } = await startSilentService(t);
    const account = await startAccount(t, [WEB_1]);
    const { status, stdout, stderr } = await account.run(['targets'], {
      AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${port}`,
    });
    assert.equal(status, 0);
    assert.equal(stdout.split('\t')[1], 'web-1.example.internal');
    assert.match(
      stderr,
      /are not shown, because EC2 did not answer within 3 s\.\n1 managed node in /,
    );
  });

  for (const words of [['debian 10.0.0.8'], ['debian', '10.0.0.8'], ['10.0.0.8', 'DEBIAN']]) {
    it(`lists what has all words of the filter: ${JSON.stringify(words)}`, async (t) => {
      const account = await startAccount(t);
      const { stdout, stderr } = await account.run(['targets', ...words]);
      assert.match(stdout, /^i-00000000000000002\t[^\n]*\n$/);
      const filter = words.join(' ');
      assert.equal(stderr, `1 of 3 managed nodes in ${account.aws.region} match "${filter}".\n`);
    });
  }

  it('orders names as people count', async (t) => {
    const names = ['web-10', 'web-2', 'Web-1', 'db'];
    const account = await startAccount(
      t,
      names.map((nameTag, i) => ({ id: `i-0000000000000000${i}`, nameTag })),
    );
    const { stdout } = await account.run(['targets']);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[1]),
      ['db', 'Web-1', 'web-2', 'web-10'],
    );
  });

  it('lists all that is known as JSON', async (t) => {
    const account = await startAccount(t);
    const { status, stdout, stderr } = await account.run(['targets', '--json', 'printer']);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), [
      {
        id: PRINTER.id,
        name: 'printer',
        platform: 'Microsoft Windows Server 2022 Datacenter 10.0.20348',
        pingStatus: 'ConnectionLost',
        agentVersion: '2.3.612.0',
        ipAddress: '10.0.0.9',
        computerName: 'printer',
        region: account.aws.region,
      },
    ]);
    assert.equal(status, 0);
  });

  it('reports on stderr that there is nothing, which is no failure', async (t) => {
    const account = await startAccount(t, []);
    const nothing = await account.run(['targets']);
    assert.deepEqual(nothing, {
      status: 0,
      signal: null,
      stdout: '',
      stderr: `There is no managed node in ${account.aws.region}. Pass another --region or --profile.\n`,
    });
    const json = await account.run(['targets', 'x', '--json', '--quiet']);
    assert.deepEqual(json, { status: 0, signal: null, stdout: '[]\n', stderr: '' });
  });

  it('asks for every page', async (t) => {
    const nodes = Array.from({ length: 120 }, (_, i) => ({
      id: `i-${String(i).padStart(17, '0')}`,
    }));
    const account = await startAccount(t, nodes);
    const { stdout } = await account.run(['targets']);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0]),
      nodes.map(({ id }) => id),
    );
  });

  for (const [cols, header] of [
    [40, 'ID NAME STATUS'],
    [60, 'ID NAME PING STATUS ADDRESS'],
    [80, 'ID NAME PLATFORM PING STATUS AGENT ADDRESS'],
    [110, 'ID NAME PLATFORM PING STATUS AGENT ADDRESS'],
    [200, 'ID NAME PLATFORM PING STATUS AGENT ADDRESS'],
  ] as const) {
    it(`is a table that fits a terminal of ${cols} columns, with whole ids`, async (t) => {
      const { env } = await startAccount(t, [WEB_1, TOKYO, PRINTER]);
      const program = await startInTerminal(t, ['targets'], { env, size: { cols, rows: 24 } });
      assert.equal((await program.end()).status, 0);
      const wide = await render(program.screen.text, { size: { cols: 1_000 } });
      const real = await render(program.screen.text, { size: { cols } });
      // No line is broken by the terminal.
      assert.deepEqual(real.rows, wide.rows);
      assert.equal(real.rows.length, 6, real.rows.join('\n'));
      assert.equal(real.rows[0]?.replaceAll(/ {2,}/g, ' '), header);
      for (const { id } of [WEB_1, TOKYO, PRINTER]) {
        assert.ok(real.rows.some((row) => row.startsWith(`${id} `)));
      }
    });
  }

  it('has colors for the ping status in a terminal that shows them', async (t) => {
    const { env } = await startAccount(t);
    const size = { cols: 110, rows: 24 };
    const colored = await startInTerminal(t, ['targets'], { env, size });
    await colored.end();
    assert.ok(colored.screen.text.includes('\x1b[32mOnline\x1b[39m'), colored.screen.text);
    assert.ok(colored.screen.text.includes('\x1b[31mConnectionLost\x1b[39m'));
    for (const [args, variables] of [
      [['targets', '--no-color'], {}],
      [['targets'], { NO_COLOR: '1' }],
      [['targets'], { TERM: 'dumb' }],
    ] as const) {
      const plain = await startInTerminal(t, args, { env: { ...env, ...variables }, size });
      await plain.end();
      assert.ok(!plain.screen.text.includes('\x1b'), plain.screen.text);
    }
  });

  it('reports a refusal in a sentence, with the status of a failure of its own', async (t) => {
    const account = await startAccount(t);
    account.aws.refuse('DescribeInstanceInformation', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'User: arn:aws:iam::123456789012:user/local is not authorized',
    });
    const { status, stdout, stderr } = await account.run(['targets']);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^session-manager-plugin: Cannot list the managed nodes: [^\n]*user\/local is not allowed to use /,
    );
    assert.equal(status, 255);
  });

  it('finds nodes under the ids that other commands take', async (t) => {
    const account = await startAccount(t, [WEB_1, WEB_2]);
    const { stdout } = await account.run(['targets', WEB_2.id]);
    assert.equal(stdout.split('\t')[0], WEB_2.id);
  });
});
