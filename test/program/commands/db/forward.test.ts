import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalAwsOptions, LocalDatabase, LocalNode } from '../../../local-aws/local-aws.ts';
import { startAccount, WEB_1, WEB_2, type Account } from '../support/account.ts';
import {
  CACHE,
  COUNTERS,
  LEGACY,
  SALES,
  SHOP,
  SHOP_1,
  SHOP_2,
  SHOP_VPC,
} from '../support/databases.ts';
import { nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { startCommand, startTerminalCommand } from '../support/run-command.ts';

const NODE = { ...WEB_1, vpc: SHOP_VPC };
const OTHER_NODE = { ...WEB_2, vpc: 'vpc-0f0e0d0c0b0a09080' };

/** An account with databases, of which each sends its host and port to its clients. */
async function start(
  t: TestContext,
  databases: readonly LocalDatabase[],
  nodes: readonly LocalNode[] = [NODE],
  options: Partial<LocalAwsOptions> = {},
): Promise<Account> {
  const services = new Map<string, number>();
  for (const { host = '', port = 0 } of databases) {
    const name = `${host}:${port}`;
    if (!services.has(name)) services.set(name, (await startNamed(t, name)).port);
  }
  return startAccount(t, nodes, {
    databases,
    sessions: {
      agent: {
        route: ({ host, port }) => ({
          host: '127.0.0.1',
          port: services.get(`${host}:${port}`) ?? port,
        }),
      },
    },
    ...options,
  });
}

/** Forwards a database until the test has seen what is at its port. */
async function answerOf(
  t: TestContext,
  account: Account,
  args: readonly string[],
): Promise<{ readonly answer: string; readonly stderr: string }> {
  const program = startCommand(t, account, ['db', '--json', '--local-port', '0', ...args]);
  const { port } = (await untilEvent(program, 'listening')).local;
  const answer = await nameAt(t, port);
  program.kill('SIGINT');
  await program.end();
  return { answer, stderr: program.stderr.text };
}

describe('db NAME', () => {
  it('forwards the port of the database through a node in its VPC, and names the node', async (t) => {
    const account = await start(t, [SALES], [OTHER_NODE, NODE]);
    const { answer, stderr } = await answerOf(t, account, ['sales']);
    assert.equal(answer, `${SALES.host}:5439`);
    assert.equal(
      stderr,
      `Forwarding through web (${NODE.id}), which is in the zone us-east-1a and the VPC of sales.\n`,
    );
    const [session] = account.aws.sessions;
    assert.equal(session?.request.Target, NODE.id);
    assert.deepEqual(session.request.Parameters?.['host'], [SALES.host]);
  });

  for (const [name, host] of [
    ['aurora-postgresql/shop', SHOP.host],
    ['rds/shop', SHOP.host],
    ['elasticache/SHOP', CACHE.host],
    ['valkey/shop/reader', CACHE.readerHost],
    ['shop-2', SHOP_2.host],
    [SHOP_1.host ?? '', SHOP_1.host],
    ['counters', COUNTERS.host],
  ] as const) {
    it(`finds ${name}`, async (t) => {
      const reader = { ...CACHE, host: CACHE.readerHost ?? '', region: 'elsewhere' };
      const account = await start(t, [SHOP, SHOP_1, SHOP_2, CACHE, COUNTERS, reader]);
      const { answer } = await answerOf(t, account, [name]);
      assert.equal(answer.split(':')[0], host);
    });
  }

  it('asks to qualify a name that two databases have', async (t) => {
    const account = await start(t, [SHOP, CACHE, { ...SHOP_1, name: 'shop' }]);
    const { status, stderr } = await account.run(['db', 'shop']);
    assert.equal(status, 255);
    assert.equal(
      stderr,
      'session-manager-plugin: "shop" is the name of 3 databases. Pass one of these:\n' +
        '  cluster/shop\n  instance/shop\n  valkey/shop\n',
    );
  });

  it('asks for the region of a name that two regions have', async (t) => {
    const account = await start(t, [SALES, { ...SALES, region: 'eu-west-1' }]);
    const regions = ['--region', 'us-east-1', '--region', 'eu-west-1'];
    const { status, stderr } = await account.run(['db', 'sales', ...regions]);
    assert.equal(status, 255);
    assert.match(stderr, /^ {2}redshift\/sales --region eu-west-1$/m);
    assert.match(stderr, /^ {2}redshift\/sales --region us-east-1$/m);
  });

  it('prefers a node in the zone of the database, then the first by name', async (t) => {
    const [b, c] = ['us-east-1b', 'us-east-1c'];
    const node = (id: string, nameTag: string, zone: string): LocalNode => ({
      ...{ id: `i-0000000000000000${id}`, nameTag, zone, vpc: SHOP_VPC },
    });
    const nodes = [node('1', 'a', b), node('2', 'z', c), node('3', 'y', c)];
    const account = await start(t, [SHOP_2], nodes);
    const { stderr } = await answerOf(t, account, ['shop-2']);
    assert.equal(
      stderr,
      'Forwarding through y (i-00000000000000003), which is in the zone us-east-1c and the VPC of shop-2.\n',
    );
  });

  it('reports that a cache in cluster mode redirects its clients', async (t) => {
    const account = await start(t, [{ ...CACHE, isClusterMode: true }]);
    const { stderr } = await answerOf(t, account, ['shop']);
    assert.match(stderr, /^shop is in cluster mode: it redirects clients to nodes whose ports/m);
  });

  it('reports only permissions of the service that the database is of', async (t) => {
    const account = await start(t, [SALES]);
    const failure = { status: 403, type: 'AccessDenied', message: 'no' };
    account.aws.refuse('DescribeDBClusters', failure);
    account.aws.refuse('ListDomainNames', failure);
    const { stderr } = await answerOf(t, account, ['sales']);
    assert.doesNotMatch(stderr, /not allowed/);
    const listed = await account.run(['db', 'list']);
    assert.match(listed.stderr, /rds:DescribeDBClusters.*es:ListDomainNames/);
    const unknown = await account.run(['db', 'shop']);
    assert.match(unknown.stderr, /rds:DescribeDBClusters.*\n.*There is no database "shop"/);
  });

  it('reports that a database may not answer, by its status', async (t) => {
    for (const [status, reported] of [
      ['stopped', true],
      ['paused', true],
      ['backing-up', false],
    ] as const) {
      const account = await start(t, [{ ...SALES, status }]);
      const { stderr } = await answerOf(t, account, ['sales']);
      const sentence = `sales may not answer: its status is ${status}.\n`;
      assert.equal(stderr.includes(sentence), reported, stderr);
    }
  });

  it('reports no cluster mode of a serverless cache, also at its reader endpoint', async (t) => {
    const account = await start(t, [COUNTERS]);
    for (const name of ['counters', 'counters/reader']) {
      const { stderr } = await answerOf(t, account, [name]);
      assert.doesNotMatch(stderr, /cluster mode/);
    }
  });

  it('goes through the target that is named, without asking EC2', async (t) => {
    const account = await start(t, [SALES], [OTHER_NODE]);
    const { answer, stderr } = await answerOf(t, account, [
      ...['sales', '--through', OTHER_NODE.id],
    ]);
    assert.equal(answer, `${SALES.host}:5439`);
    assert.equal(stderr, '');
    assert.deepEqual(account.aws.ec2Calls, []);
  });

  for (const [what, nodes, message] of [
    [
      'in the VPC',
      [OTHER_NODE],
      /No managed node is online in vpc-0a0b0c0d0e0f01020, the VPC of the database sales\. Nodes are online in vpc-0f0e0d0c0b0a09080\. .*`session-manager-plugin db --through TARGET sales --region us-east-1`/,
    ],
    ['anywhere', [], /the VPC of the database sales\. Start one there\. /],
    ['that is online', [{ ...NODE, pingStatus: 'ConnectionLost' }], /Start one there\. /],
  ] as const) {
    it(`reports that there is no node ${what}`, async (t) => {
      const account = await start(t, [SALES], nodes);
      const { status, stderr } = await account.run(['db', 'sales', '--region', 'us-east-1']);
      assert.equal(status, 255);
      assert.match(stderr, message);
      assert.equal(account.aws.sessions.length, 0);
    });
  }

  it('reports that EC2 must not be asked, and what to do', async (t) => {
    const account = await start(t, [SALES]);
    const failure = { status: 403, type: 'UnauthorizedOperation', message: 'no' };
    account.aws.refuse('DescribeInstances', failure);
    const { status, stderr } = await account.run(['db', 'sales']);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /ec2:DescribeInstances\. Or pass a target: `.* db --through TARGET sales`/,
    );
  });

  it('reports a database without an endpoint, one without a VPC, and that there is none', async (t) => {
    const half = { ...SHOP_1, name: 'half', port: 0, status: '' };
    const account = await start(t, [LEGACY, half, { ...SALES, vpc: '' }]);
    const without = await account.run(['db', 'legacy']);
    assert.match(without.stderr, /legacy has no endpoint yet: its status is creating/);
    const withoutPort = await account.run(['db', 'half']);
    assert.match(withoutPort.stderr, /half has no endpoint yet: its status is unknown\./);
    const nowhere = await account.run(['db', 'sales']);
    assert.match(nowhere.stderr, /The VPC of the database sales is not known/);
    const unknown = await account.run(['db', 'slaes']);
    assert.match(unknown.stderr, /There is no database "slaes"\.\nDid you mean sales\?/);
    const other = await account.run(['db', 'sales/reader']);
    assert.match(other.stderr, /There is no database "sales\/reader"/);
    const missing = await account.run(['db', '--local-port', '0']);
    assert.match(missing.stderr, /The name of the database is missing/);
  });

  it('chooses another node when the session is replaced and the first one is offline', async (t) => {
    const second: LocalNode = { ...WEB_2, vpc: SHOP_VPC, nameTag: 'zebra' };
    const account = await start(t, [SALES], [NODE, second]);
    const program = startCommand(t, account, ['db', 'sales', '--json', '--local-port', '0']);
    const { port } = (await untilEvent(program, 'listening')).local;
    assert.equal(await nameAt(t, port), `${SALES.host}:5439`);
    // A session whose connections are not closed is replaced at once.
    await untilEvent(program, 'disconnected');
    const [first] = account.aws.sessions;
    account.aws.changeNode(NODE.id, { pingStatus: 'ConnectionLost', connected: false });
    first?.terminate();
    // Before that, a connection may still be given to the session that ends.
    await untilEvent(program, 'idle');
    assert.equal(await nameAt(t, port), `${SALES.host}:5439`);
    assert.deepEqual(
      account.aws.sessions.map(({ request }) => request.Target),
      [NODE.id, second.id],
    );
    program.kill('SIGINT');
    await program.end();
  });

  it('is chosen in a terminal from a list with engine, endpoint, status and VPC', async (t) => {
    const account = await start(t, [SALES, SHOP_1, LEGACY]);
    const program = await startTerminalCommand(t, account, ['db', '--local-port', '0'], {
      size: { cols: 140, rows: 24 },
    });
    await program.screen.until('the list', (text) => text.includes('Database:'));
    await program.screen.until('a row', (text) =>
      /redshift +sales\.abc123\.us-east-1\.redshift\.example:5439 +available +vpc-/.test(text),
    );
    program.type('redshift\r');
    await program.screen.until('the port', (text) => text.includes('Forwarding through web'));
    const session = account.aws.sessions[0] ?? (await account.aws.nextSession());
    assert.deepEqual(session.request.Parameters?.['host'], [SALES.host]);
    program.type('\x03');
    await program.end();
  });
});
