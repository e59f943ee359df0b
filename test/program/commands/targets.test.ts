import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startInTerminal } from '../support/terminal-program.ts';
import { startFleet, PRINTER, WEB_1, WEB_2 } from './support/managed-fleet.ts';

describe('targets', () => {
  it('lists what there is, a line each with tabs, in a pipe', async (t) => {
    const fleet = await startFleet(t);
    const { status, stdout, stderr } = await fleet.run(['targets']);
    assert.equal(stderr, '');
    assert.equal(
      stdout,
      [
        'mi-00000000000000003\tprinter\tMicrosoft Windows Server 2022 Datacenter 10.0.20348\tConnectionLost\t2.3.612.0',
        'i-00000000000000001\tweb\tDebian GNU/Linux 12\tOnline\t3.3.987.0',
        'i-00000000000000002\tweb\tDebian GNU/Linux 12\tOnline\t3.3.987.0',
        '',
      ].join('\n'),
    );
    assert.equal(status, 0);
  });

  it('shows host names where EC2 does not tell the Name tags, and reports why on stderr', async (t) => {
    const fleet = await startFleet(t, [WEB_1]);
    fleet.aws.refuse('DescribeInstances', {
      status: 403,
      type: 'UnauthorizedOperation',
      message:
        'You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/local',
    });
    const { status, stdout, stderr } = await fleet.run(['targets']);
    assert.equal(status, 0);
    assert.equal(stdout.split('\t')[1], 'web-1.example.internal');
    assert.match(
      stderr,
      /^Name tags of EC2 instances are not shown: ec2:DescribeInstances [^\n]* is not allowed: [^\n]*user\/local\n$/,
    );
    const quiet = await fleet.run(['targets', '--quiet']);
    assert.equal(quiet.stderr, '');
    const quietByVariable = await fleet.run(['targets'], { SSM_PLUGIN_QUIET: '1' });
    assert.equal(quietByVariable.stderr, '');
  });

  it('shows host names after a while when EC2 never answers', async (t) => {
    const blackHole = createServer();
    await new Promise<void>((resolve) => blackHole.listen(0, '127.0.0.1', resolve));
    t.after(() => blackHole.close());
    const { port } = blackHole.address() as AddressInfo;
    const fleet = await startFleet(t, [WEB_1]);
    const { status, stdout, stderr } = await fleet.run(['targets'], {
      AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${port}`,
    });
    assert.equal(status, 0);
    assert.equal(stdout.split('\t')[1], 'web-1.example.internal');
    assert.match(stderr, /ec2:DescribeInstances has not answered in time\n$/);
  });

  it('lists what has all words of the filter', async (t) => {
    const fleet = await startFleet(t);
    const { stdout } = await fleet.run(['targets', 'debian 10.0.0.8']);
    assert.match(stdout, /^i-00000000000000002\t[^\n]*\n$/);
  });

  it('lists all that is known as JSON', async (t) => {
    const fleet = await startFleet(t);
    const { status, stdout } = await fleet.run(['targets', '--json', 'printer']);
    assert.deepEqual(JSON.parse(stdout), [
      {
        id: PRINTER.id,
        name: 'printer',
        platform: 'Microsoft Windows Server 2022 Datacenter 10.0.20348',
        pingStatus: 'ConnectionLost',
        agentVersion: '2.3.612.0',
        ipAddress: '10.0.0.9',
        computerName: 'printer',
      },
    ]);
    assert.equal(status, 0);
  });

  it('reports on stderr that there is nothing, which is no failure', async (t) => {
    const fleet = await startFleet(t, []);
    const nothing = await fleet.run(['targets']);
    assert.deepEqual(nothing, {
      status: 0,
      signal: null,
      stdout: '',
      stderr: `There is no managed node in ${fleet.aws.region}.\n`,
    });
    const json = await fleet.run(['targets', 'x', '--json', '--quiet']);
    assert.deepEqual(json, { status: 0, signal: null, stdout: '[]\n', stderr: '' });
  });

  it('asks for every page', async (t) => {
    const nodes = Array.from({ length: 120 }, (_, i) => ({
      id: `i-${String(i).padStart(17, '0')}`,
    }));
    const fleet = await startFleet(t, nodes);
    const { stdout } = await fleet.run(['targets']);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0]),
      nodes.map(({ id }) => id),
    );
  });

  it('is a table that fits the terminal', async (t) => {
    const { env } = await startFleet(t);
    const program = await startInTerminal(t, ['targets'], { env, size: { cols: 72, rows: 24 } });
    assert.equal((await program.end()).status, 0);
    const lines = program.screen.text.trimEnd().split('\r\n');
    assert.equal(lines.length, 4, program.screen.text);
    assert.match(lines[0] ?? '', /^ID +NAME +PLATFORM +PING STATUS +AGENT$/);
    assert.match(lines[1] ?? '', /^mi-0+\S* +printer .*… .*ConnectionLost/);
    for (const line of lines) assert.ok(line.length <= 72, line);
  });

  it('reports a refusal in a sentence, with the status of a failure of its own', async (t) => {
    const fleet = await startFleet(t);
    fleet.aws.refuse('DescribeInstanceInformation', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'User: arn:aws:iam::123456789012:user/local is not authorized',
    });
    const { status, stdout, stderr } = await fleet.run(['targets']);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^session-manager-plugin: ssm:DescribeInstanceInformation [^\n]*user\/local/,
    );
    assert.equal(status, 255);
  });

  it('finds nodes under the ids that other commands take', async (t) => {
    const fleet = await startFleet(t, [WEB_1, WEB_2]);
    const { stdout } = await fleet.run(['targets', WEB_2.id]);
    assert.equal(stdout.split('\t')[0], WEB_2.id);
  });
});
