import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { completed } from '../../support/piped-program.ts';
import { startAccount, PRINTER, WEB_1, WEB_2 } from '../support/account.ts';
import { startCommand, startTerminalCommand } from '../support/run-command.ts';

/**
 * Systems Manager does not know it before its agent has registered. The program asks EC2 and Systems Manager at the same
 * time, so that either may answer first: for one round, the instance runs without its agent.
 */
const STOPPED: LocalNode = {
  ...WEB_1,
  managed: false,
  instanceState: 'stopped',
  boot: [{ instanceState: 'running' }, {}, { managed: true }],
};
/** Its agent connects after it was asked for once. */
const BOOTING: LocalNode = {
  ...WEB_1,
  pingStatus: 'ConnectionLost',
  boot: [{ pingStatus: 'Online', connected: true }],
};
const REFUSED = {
  status: 400,
  type: 'TargetNotConnected',
  message: `${WEB_1.id} is not connected.`,
};

describe('a target that is not ready', () => {
  it('is found by the Name tag that only EC2 knows, started and waited for', async (t) => {
    const account = await startAccount(t, [STOPPED, PRINTER]);
    const run = await completed(
      startCommand(t, account, ['exec', '--start', 'web', '--', 'echo ready']),
    );
    assert.equal(run.stdout, 'ready\n', run.stderr);
    assert.deepEqual(run.stderr.split('\n'), [
      `Starting the instance web (${WEB_1.id}).`,
      `Waiting for the instance to start (${WEB_1.id})…`,
      `Waiting for the SSM Agent to connect (${WEB_1.id})…`,
      `Waiting for sessions to start (${WEB_1.id})…`,
      '',
    ]);
    assert.equal(account.aws.ec2Calls.filter((call) => call === 'StartInstances').length, 1);
  });

  it('shows what it waits for in a line that counts, and runs the shell then', async (t) => {
    const account = await startAccount(t, [STOPPED]);
    const program = await startTerminalCommand(t, account, ['shell', '--start', WEB_1.id]);
    await program.screen.until('the line that counts', (text) =>
      new RegExp(`Waiting for sessions to start \\(${WEB_1.id}\\)… \\d+ s`).test(text),
    );
    await program.screen.until('the shell', (text) => /Starting a session with i-0+1/.test(text));
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);
    assert.doesNotMatch(program.screen.text, /Waiting for sessions to start.*\n/);
  });

  it('is waited for by --wait before the name of the target', async (t) => {
    const account = await startAccount(t, [BOOTING]);
    const run = await account.run(['exec', '--wait', 'web', '--', 'echo', '--wait']);
    assert.deepEqual([run.status, run.stdout], [0, '--wait\n'], run.stderr);
  });

  it('is asked to start sessions again while AWS refuses it', async (t) => {
    const account = await startAccount(t, [WEB_1]);
    account.aws.refuse('StartSession', { ...REFUSED, times: 2 });
    const run = await account.run(['exec', '--wait=1m', 'web', '--', 'echo ready']);
    assert.deepEqual([run.status, run.stdout], [0, 'ready\n'], run.stderr);
    const starts = account.aws.apiCalls.filter(({ operation }) => operation === 'StartSession');
    assert.equal(starts.length, 3);
    assert.equal(account.aws.sessions.length, 1);
  });

  it('is asked again while AWS throttles its sessions', async (t) => {
    const account = await startAccount(t, [WEB_1]);
    const message = 'Rate exceeded';
    // The AWS SDK itself tries three times.
    account.aws.refuse('StartSession', {
      ...{ status: 400, type: 'ThrottlingException', message },
      times: 4,
    });
    const run = await account.run(['exec', '--wait=1m', 'web', '--', 'echo ready']);
    assert.deepEqual([run.status, run.stdout], [0, 'ready\n'], run.stderr);
  });

  it('is one whose shell is known only once it has started', async (t) => {
    const account = await startAccount(t, [
      {
        ...STOPPED,
        boot: [
          { instanceState: 'running' },
          { managed: true, platformType: 'Windows', platformName: 'Microsoft Windows Server 2022' },
        ],
      },
    ]);
    await account.run(['exec', '--start', 'web', '--', 'hostname']);
    const [session] = account.aws.sessions;
    assert.match(
      session?.request.Parameters?.['command']?.[0] ?? '',
      /^-[A-Z]|powershell|EncodedCommand/i,
    );
  });

  for (const [name, args, stdin] of [
    ['start-session', ['start-session', '--wait', '--target', 'web'], 'exit\n'],
    ['ssh-proxy', ['ssh-proxy', '--wait', 'web'], ''],
    ['forward', ['forward', '--wait', 'web', '0:80', '--exec', '--', 'true'], ''],
    ['proxy', ['proxy', '--wait', 'web', '--exec', '--', 'true'], ''],
  ] as const) {
    it(`is waited for by ${name}`, async (t) => {
      const account = await startAccount(t, [BOOTING]);
      const program = startCommand(t, account, args);
      program.stdin.write(stdin);
      const run = await completed(program);
      const asked = account.aws.apiCalls.filter(
        ({ operation }) => operation === 'GetConnectionStatus',
      );
      assert.equal(asked.length, 2, run.stderr);
      if (name !== 'ssh-proxy') assert.equal(run.status, 0, run.stderr);
    });
  }

  it('is waited for by cp', async (t) => {
    const account = await startAccount(t, [BOOTING]);
    const path = join(temporaryDirectory(t), 'file');
    await writeFile(path, 'content\n');
    const run = await account.run(['cp', '--wait', '-q', `web:${path}`, '-']);
    assert.deepEqual([run.status, run.stdout], [0, 'content\n'], run.stderr);
  });

  it('is the target of a connection, too', async (t) => {
    const account = await startAccount(t, [BOOTING]);
    const directory = temporaryDirectory(t);
    await writeFile(join(directory, '.ssm.toml'), '[db]\ntarget = "web"\n');
    const program = startCommand(t, account, ['exec', '--wait', 'db', '--', 'echo ready'], {
      directory,
    });
    const run = await completed(program);
    assert.deepEqual([run.status, run.stdout], [0, 'ready\n'], run.stderr);
  });

  it('is the instance that runs when a stopped one has the same name', async (t) => {
    const account = await startAccount(t, [{ ...STOPPED, boot: [] }, WEB_2]);
    const run = await account.run(['exec', '--start', 'web', '--', 'true']);
    assert.equal(run.status, 0, run.stderr);
    assert.equal(account.aws.sessions[0]?.request.Target, WEB_2.id);
    assert.ok(!account.aws.ec2Calls.includes('StartInstances'));
  });

  it('is not chosen among several that are stopped', async (t) => {
    const account = await startAccount(t, [STOPPED, { ...STOPPED, ...WEB_2 }]);
    const run = await account.run(['exec', '--start', 'web', '--', 'true']);
    assert.equal(run.status, 255);
    assert.equal(
      run.stderr,
      [
        'session-manager-plugin: "web" is the name of 2 managed nodes. Pass the id of one:',
        '  i-00000000000000001  web  10.0.0.7    stopped',
        '  i-00000000000000002  web  10.0.0.8    stopped',
        '',
      ].join('\n'),
    );
    assert.ok(!account.aws.ec2Calls.includes('StartInstances'));
  });

  it('is reported to be stopped without --start', async (t) => {
    const account = await startAccount(t, [STOPPED]);
    const run = await account.run(['exec', 'web', '--', 'true']);
    assert.equal(
      run.stderr,
      `session-manager-plugin: "web" is the EC2 instance ${WEB_1.id}, which is stopped. To start it, add --start.\n`,
    );
  });

  it('fails with what is missing when the time has ended, for programs as JSON', async (t) => {
    const account = await startAccount(t, [{ ...STOPPED, instanceState: 'running', boot: [] }]);
    const run = await account.run(['exec', '--wait=1s', '--json', 'web', '--', 'true']);
    assert.equal(run.status, 255);
    const failure: unknown = JSON.parse(run.stderr);
    assert.deepEqual(failure, {
      error: {
        reason: 'target-not-connected',
        code: 'target-not-ready',
        message:
          `web (${WEB_1.id}) is not ready after 1 s: its SSM Agent has not connected to Systems Manager. ` +
          `To find out why, run \`session-manager-plugin doctor ${WEB_1.id}\`. To wait longer, pass --wait=2s.`,
      },
    });
    assert.deepEqual(account.aws.sessions, []);
  });

  it('fails when a session has started, but its agent does not answer, and ends the session', async (t) => {
    const account = await startAccount(t, [WEB_1]);
    const next = account.aws.nextSession();
    const running = account.run(['exec', '--wait=1s', 'web', '--', 'true']);
    const session = await next;
    session.cutAgent();
    const run = await running;
    assert.equal(run.status, 255);
    assert.match(
      run.stderr,
      /is not ready after 1 s: a session has started, but the SSM Agent does not answer\./,
    );
    assert.equal(session.end?.by, 'api');
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`is left at once on ${signal}, and nothing stays on the service`, async (t) => {
      const account = await startAccount(t, [{ ...STOPPED, boot: [] }]);
      const program = startCommand(t, account, ['shell', '--start', 'web']);
      await program.stderr.until('that it waits', (text) => text.includes('Waiting for'));
      program.kill(signal);
      const { status } = await program.end();
      assert.equal(status, signal === 'SIGINT' ? 130 : 143);
      assert.deepEqual(account.aws.sessions, []);
    });

    it(`is left at once on ${signal} while sessions are refused`, async (t) => {
      const account = await startAccount(t, [WEB_1]);
      account.aws.refuse('StartSession', REFUSED);
      const program = startCommand(t, account, ['shell', '--wait', 'web']);
      await program.stderr.until('that it waits', (text) =>
        text.includes('Waiting for sessions to start'),
      );
      program.kill(signal);
      const { status } = await program.end();
      assert.equal(status, signal === 'SIGINT' ? 130 : 143);
      assert.deepEqual(account.aws.sessions, []);
    });
  }
});

describe('the time of --wait', () => {
  for (const [value, pattern] of [
    ['--wait=soon', /--wait is "soon", which is not a time\./],
    ['--wait=', /--wait is "", which is not a time\./],
    ['--wait=25h', /--wait is "25h", which is not a time\..*from 1s to 24h/s],
  ] as const) {
    it(`is not ${value}`, async (t) => {
      const account = await startAccount(t, [WEB_1]);
      const run = await account.run(['shell', value, 'web']);
      assert.equal(run.status, 255);
      assert.match(run.stderr, pattern);
    });
  }
});

describe('targets --wait', () => {
  it('prints the nodes once all of them, at least one, are online', async (t) => {
    const account = await startAccount(t, [
      WEB_2,
      { ...STOPPED, instanceState: 'running', boot: [] },
      PRINTER,
    ]);
    const program = startCommand(t, account, ['targets', '10.0.0.7', '--wait']);
    await program.stderr.until('that it waits', (text) => text.includes('a managed node'));
    account.aws.changeNode(WEB_1.id, { managed: true, pingStatus: 'ConnectionLost' });
    await program.stderr.until('that it waits', (text) =>
      text.includes(`Waiting for web (${WEB_1.id}) to be online (us-east-1)…`),
    );
    account.aws.changeNode(WEB_1.id, { pingStatus: 'Online' });
    const run = await completed(program);
    assert.deepEqual([run.status, run.stdout.split('\t')[0]], [0, WEB_1.id], run.stderr);
  });

  it('prints none and fails when the time has ended', async (t) => {
    const account = await startAccount(t);
    const run = await account.run(['targets', '--wait=1s']);
    assert.deepEqual([run.status, run.stdout], [255, '']);
    assert.equal(
      run.stderr,
      'session-manager-plugin: The nodes are not online after 1 s: 1 of 3 are not: printer (mi-00000000000000003). ' +
        'To list them with their ping statuses, run the command without --wait.\n',
    );
  });
});
