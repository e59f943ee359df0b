import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalAccessRequest } from '../../local-aws/api/access-api.ts';
import { NOT_LOOPBACK } from '../../network/local-server.ts';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { render } from '../../support/screen.ts';
import { startInTerminal } from '../support/terminal-program.ts';
import { NO_CREDENTIALS, STATIC_CREDENTIALS } from '../support/program.ts';
import { PRINTER, startAccount, WEB_1, type Account, type PipedRun } from './support/account.ts';
import { CURRENT_AWS_CLI, pathWithAwsCli } from './support/path-with-aws-cli.ts';
import { needs } from '../../support/require-tools.ts';
import { TINYPROXY } from '../../support/tools.ts';

interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'failure' | 'skipped';
  readonly text: string;
  readonly next?: string;
}

/** Runs the doctor where a current AWS CLI is installed. */
function examine(
  t: TestContext,
  account: Account,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<PipedRun> {
  const PATH = pathWithAwsCli(t, CURRENT_AWS_CLI);
  return account.run(['doctor', ...args], { PATH, ...env });
}

function findingsOf({ stdout }: PipedRun): ReadonlyMap<string, Finding> {
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return new Map(findings.map((finding) => [finding.check, finding]));
}

describe('doctor', () => {
  it('finds nothing wrong where nothing is, line by line', async (t) => {
    const account = await startAccount(t);
    const { status, stdout, stderr } = await examine(t, account, []);
    assert.equal(stderr, '');
    const [report = '', next] = stdout.split('\n\n');
    assert.equal(next, 'To list the targets:\n  session-manager-plugin targets\n');
    assert.deepEqual(
      report.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2)),
      [
        ['ok', 'program'],
        ['ok', 'AWS CLI'],
        ['ok', 'region'],
        ['ok', 'credentials'],
        ['ok', 'endpoint ssm'],
        ['ok', 'endpoint ssmmessages'],
        ['ok', 'endpoint kms'],
        ['ok', 'endpoint sts'],
        ['ok', 'clock'],
        ['ok', 'identity'],
        ['ok', 'permissions'],
        ['ok', 'preferences'],
      ],
      stdout,
    );
    assert.match(stdout, /AWS CLI +version 2\.31\.0\n/);
    assert.match(stdout, /region +us-east-1, from AWS_REGION\n/);
    assert.match(stdout, /credentials +from keys in the environment \(AWS_ACCESS_KEY_ID\)\n/);
    assert.match(stdout, /identity +arn:aws:iam::123456789012:user\/local\n/);
    assert.equal(status, 0);
    assert.deepEqual(account.aws.sessions, []);
  });

  it('reports what the preferences of the account ask of sessions', async (t) => {
    const inputs = {
      kmsKeyId: 'alias/sessions',
      idleSessionTimeout: '20',
      maxSessionDuration: '',
      s3BucketName: 'logs',
      runAsEnabled: true,
      runAsDefaultUser: 'operator',
    };
    const documents = { 'SSM-SessionManagerRunShell': { schemaVersion: '1.0', inputs } };
    const account = await startAccount(t, [WEB_1], { documents });
    const findings = findingsOf(await examine(t, account, ['--json']));
    assert.equal(
      findings.get('preferences')?.text,
      'encrypted with the KMS key alias/sessions (kms:GenerateDataKey), ' +
        'ended after 20 min of inactivity, logged to the S3 bucket logs, run as operator',
    );
    account.aws.refuse('GetDocument', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'no',
    });
    const denied = findingsOf(await examine(t, account, ['--json'])).get('preferences');
    assert.equal(denied?.verdict, 'ok');
    assert.match(
      denied.text,
      /^cannot be read: Cannot read the document .*: arn:.* is not allowed to use ssm:GetDocument \(no\)$/,
    );
  });

  it('tries a named target without leaving a session open', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, [WEB_1.id, '--json']);
    assert.equal(run.status, 0, run.stdout);
    const findings = findingsOf(run);
    assert.equal(
      findings.get('target')?.text,
      'i-00000000000000001 (web-1.example.internal), Debian GNU/Linux 12: ping status Online',
    );
    assert.equal(findings.get('agent')?.text, 'version 3.3.987.0');
    assert.equal(findings.get('connection')?.verdict, 'ok');
    assert.equal(
      findings.get('permissions')?.text,
      'ssm:StartSession and ssm:TerminateSession are allowed',
    );
    const [session, ...others] = account.aws.sessions;
    assert.deepEqual(others, []);
    assert.equal(session?.end?.by, 'api');
    assert.equal(session.record.connections.length, 0);
  });

  it('reports a target that is away and has an old agent, and what to do', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['office', '--json']);
    assert.equal(run.status, 255);
    const findings = findingsOf(run);
    assert.equal(findings.get('permissions')?.verdict, 'ok');
    const target = findings.get('target');
    assert.equal(target?.verdict, 'failure');
    assert.match(target.text, /ping status ConnectionLost$/);
    assert.match(target.next ?? '', /its role allows/);
    assert.equal(findings.get('connection')?.verdict, 'failure');
    const agent = findings.get('agent');
    assert.equal(agent?.verdict, 'warning');
    assert.match(agent.text, /^version 2\.3\.612\.0 is too old: it cannot .*several connections/);
    assert.equal(agent.next, 'Update the SSM Agent of the target');
    assert.equal((JSON.parse(run.stdout) as { ok: boolean }).ok, false);
  });

  it('goes on with everything else when the target is not known', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['nothing-like-it', '--json']);
    const findings = findingsOf(run);
    assert.equal(findings.get('credentials')?.verdict, 'ok');
    assert.equal(findings.get('endpoint ssm')?.verdict, 'ok');
    assert.match(
      findings.get('target')?.text ?? '',
      /No managed node has the Name tag, private address or host name "nothing-like-it"/,
    );
    assert.equal(run.status, 255);
    const unknown = await examine(t, account, ['i-0123456789abcdef0', '--json']);
    assert.match(findingsOf(unknown).get('target')?.text ?? '', /is not a managed node/);
    assert.equal(unknown.status, 255);
  });

  it('distinguishes a refusal for a target from one for an instance that does not exist', async (t) => {
    const account = await startAccount(t);
    const message = 'User: arn:aws:iam::123456789012:user/local is not authorized';
    account.aws.refuse('StartSession', { status: 400, type: 'AccessDeniedException', message });
    const named = await examine(t, account, [WEB_1.id, '--json']);
    assert.equal(named.status, 255);
    const permissions = findingsOf(named).get('permissions');
    assert.equal(permissions?.verdict, 'failure');
    assert.match(permissions.text, /user\/local is not allowed to use ssm:StartSession/);
    assert.match(permissions.next ?? '', /administrator of the AWS account/);
    const unnamed = await examine(t, account, ['--json']);
    assert.equal(unnamed.status, 0);
    assert.equal(findingsOf(unnamed).get('permissions')?.verdict, 'warning');
    assert.match(findingsOf(unnamed).get('permissions')?.next ?? '', /doctor TARGET/);
  });

  it('names the session that it may not end', async (t) => {
    const account = await startAccount(t);
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    account.aws.refuse('TerminateSession', denied);
    const permissions = findingsOf(await examine(t, account, [WEB_1.id, '--json'])).get(
      'permissions',
    );
    assert.equal(permissions?.verdict, 'warning');
    assert.ok(
      permissions.text.includes(account.aws.sessions[0]?.sessionId ?? '?'),
      permissions.text,
    );
  });

  it('checks what it can without a region', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['--json'], { AWS_REGION: undefined });
    assert.equal(run.status, 255);
    const findings = findingsOf(run);
    assert.match(findings.get('region')?.text ?? '', /^No AWS region is set: /);
    assert.equal(findings.get('credentials')?.verdict, 'ok');
    for (const [check, text] of [
      ['endpoint ssm', 'not checked, because no region is set'],
      ['clock', 'not checked, because no endpoint was reached'],
      ['identity', 'not checked, because no region is set'],
      ['permissions', 'not checked, because no region is set'],
    ] as const) {
      const { verdict, text: found } = findings.get(check) ?? {};
      assert.deepEqual([verdict, found], ['skipped', text]);
    }
    assert.deepEqual(account.aws.apiCalls, []);
  });

  it('checks the network without the profile, and nothing that needs its credentials', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['--json', '--profile', 'missing', WEB_1.id]);
    assert.equal(run.status, 255);
    const findings = findingsOf(run);
    assert.match(findings.get('profile')?.text ?? '', /^There is no profile missing/);
    assert.equal(findings.get('region')?.verdict, 'ok');
    assert.equal(
      findings.get('credentials')?.text,
      'not checked, because the profile cannot be used',
    );
    assert.equal(findings.get('endpoint ssm')?.verdict, 'ok');
    assert.equal(
      findings.get('target')?.text,
      'not checked, because there are no usable credentials',
    );
    assert.deepEqual(account.aws.apiCalls, []);
  });

  it('checks the network without credentials', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['--json'], NO_CREDENTIALS);
    const findings = findingsOf(run);
    assert.equal(findings.get('credentials')?.verdict, 'failure');
    assert.match(findings.get('credentials')?.text ?? '', /^No AWS credentials found$/);
    assert.equal(findings.get('endpoint ssm')?.verdict, 'ok');
    assert.equal(
      findings.get('permissions')?.text,
      'not checked, because there are no usable credentials',
    );
    assert.equal(run.status, 255);
  });

  it('asks nothing of a service that cannot be reached, and prints a remedy once', async (t) => {
    const account = await startAccount(t);
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { stdout, status } = await examine(t, account, ['--region', 'eu-west-1', 'web'], env);
    assert.equal(status, 255);
    assert.match(stdout, /^failure {2}endpoint ssm {10}http:\/\/127\.0\.0\.1:1: /m);
    assert.equal(stdout.split('→').length - 1, 1, stdout);
    for (const check of ['clock', 'identity', 'permissions', 'preferences', 'target']) {
      assert.match(stdout, new RegExp(`^skipped {2}${check} `, 'm'));
    }
    const command = 'session-manager-plugin doctor web --region eu-west-1';
    assert.ok(stdout.endsWith(`\n\nTo check again:\n  ${command}\n`), stdout);
  });

  it('names the proxy in the way, and nothing secret', async (t) => {
    const account = await startAccount(t);
    const env = {
      AWS_ENDPOINT_URL: undefined,
      HTTPS_PROXY: 'http://someone:proxy-password@127.0.0.1:9',
      AWS_SESSION_TOKEN: 'session-token',
    };
    const run = await examine(t, account, ['--json'], env);
    assert.equal(run.status, 255);
    const findings = findingsOf(run);
    for (const service of ['ssm', 'ssmmessages', 'kms', 'sts']) {
      const { text = '', verdict, next = '' } = findings.get(`endpoint ${service}`) ?? {};
      assert.equal(verdict, service.startsWith('ssm') ? 'failure' : 'warning');
      assert.ok(text.startsWith(`${service}.us-east-1.amazonaws.com: `), text);
      assert.match(text, /proxy http:\/\/127\.0\.0\.1:9 \(HTTPS_PROXY\)/);
      assert.match(next, /NO_PROXY/);
    }
    assert.equal(findings.get('clock')?.verdict, 'skipped');
    const secrets = ['proxy-password', 'session-token', STATIC_CREDENTIALS.AWS_SECRET_ACCESS_KEY];
    for (const secret of secrets)
      assert.ok(!run.stdout.includes(secret) && !run.stderr.includes(secret));
  });

  it('goes to a plain endpoint by the proxy that calls go by', needs(TINYPROXY), async (t) => {
    const account = await startAccount(t);
    const proxy = await startTinyproxy(t, { name: 'user', password: 'password' });
    const endpoint = `http://${NOT_LOOPBACK}:${new URL(account.aws.endpoint).port}`;
    const url = `http://127.0.0.1:${proxy.port}`;
    const run = await examine(t, account, ['--json'], {
      AWS_ENDPOINT_URL: endpoint,
      HTTP_PROXY: `http://user:password@127.0.0.1:${proxy.port}`,
    });
    const { text = '', verdict } = findingsOf(run).get('endpoint ssm') ?? {};
    assert.equal(verdict, 'ok');
    assert.ok(text.startsWith(`${endpoint} answers through the proxy ${url} (HTTP_PROXY)`), text);
    assert.ok(proxy.requests.includes(`HEAD ${endpoint}/`), proxy.requests.join('\n'));
  });

  for (const [says, verdict, text] of [
    ['aws-cli/1.16.11 Python/2.7', 'warning', /too old to call this program/],
    ['aws-cli/1.16.212 Python/2.7', 'warning', /too old for encrypted sessions/],
    ['aws-cli/1.16.213 Python/2.7', 'ok', /version 1\.16\.213/],
    ['something else', 'warning', /prints no version/],
  ] as const) {
    it(`judges an AWS CLI that prints ${says}`, async (t) => {
      const account = await startAccount(t);
      const env = { PATH: pathWithAwsCli(t, says), AWS_REGION: undefined };
      const found = findingsOf(await account.run(['doctor', '--json'], env)).get('AWS CLI');
      assert.equal(found?.verdict, verdict);
      assert.match(found.text, text);
    });
  }

  it('does without an AWS CLI', async (t) => {
    const account = await startAccount(t);
    const directory = temporaryDirectory(t);
    const run = await account.run(['doctor', '--json'], { PATH: directory, AWS_REGION: undefined });
    assert.match(findingsOf(run).get('AWS CLI')?.text ?? '', /not found on PATH/);
  });

  it('colours the verdicts in a terminal, unless colours are off', async (t) => {
    const account = await startAccount(t);
    const env = { ...account.env, PATH: pathWithAwsCli(t, 'aws-cli/2.31.0') };
    const size = { cols: 200, rows: 40 };
    const colored = await startInTerminal(t, ['doctor', PRINTER.id], { env, size });
    assert.equal((await colored.end()).status, 255);
    assert.ok(colored.screen.text.includes('\x1b[31mfailure'), colored.screen.text);
    const plain = await startInTerminal(t, ['doctor', '--no-color'], { env, size });
    assert.equal((await plain.end()).status, 0);
    for (const color of [31, 32, 33]) {
      assert.ok(!plain.screen.text.includes(`\x1b[${color}m`), plain.screen.text);
    }
  });

  for (const [cols, indent] of [
    [80, 31],
    [40, 2],
  ] as const) {
    it(`fits ${cols} columns, with lines broken between words`, async (t) => {
      const account = await startAccount(t);
      const env = { ...account.env, PATH: pathWithAwsCli(t, 'aws-cli/2.31.0') };
      const size = { cols, rows: 60 };
      const program = await startInTerminal(t, ['doctor', PRINTER.id, '--no-color'], { env, size });
      await program.end();
      const screen = await render(program.screen.text, { size });
      const end = screen.rows.findIndex((row) => row.startsWith('To check again'));
      assert.deepEqual(screen.rows.slice(0, end), screen.lines.slice(0, end));
      const step = screen.rows.findIndex((row) => row.includes('→ Check that the target runs'));
      assert.match(screen.rows[step + 1] ?? '', new RegExp(`^ {${indent + 2}}\\S`));
    });
  }

  it('shows each line when it is found, and which check is in progress', async (t) => {
    const account = await startAccount(t);
    const paused = account.aws.pause('GetConnectionStatus');
    const env = { ...account.env, PATH: pathWithAwsCli(t, 'aws-cli/2.31.0') };
    const program = await startInTerminal(t, ['doctor', WEB_1.id, '--no-color'], { env });
    await program.screen.until('a second', (text) => /connection \d+ s/.test(text));
    const { rows } = await render(program.screen.text);
    assert.match(rows.at(-3) ?? '', /^ok {7}agent /);
    assert.match(rows.at(-2) ?? '', /^… {8}connection \d+ s$/);
    assert.equal(rows.at(-1), '');
    paused.release();
    assert.equal((await program.end()).status, 0);
    const { rows: all } = await render(program.screen.text);
    assert.ok(!all.some((row) => row.includes('…')), all.join('\n'));
    assert.deepEqual(all.slice(-4), [
      '',
      'To open a shell:',
      `  session-manager-plugin shell ${WEB_1.id}`,
      '',
    ]);
  });
});

describe('doctor, where sessions need just-in-time access,', () => {
  const request: LocalAccessRequest = {
    ...{ id: 'oi-000000000001', target: WEB_1.id, reason: 'ticket 7', state: 'Pending' },
    requestedAt: new Date(Date.UTC(2026, 0, 2, 9, 5)),
  };
  const approved: LocalAccessRequest = {
    ...request,
    ...{ state: 'Approved', until: new Date('2099-01-02T10:00:00Z') },
  };

  for (const [what, requests, args, verdict, text, step] of [
    [
      ...['shows how to request it', [], ['web', '--region', 'us-east-1'], 'failure'],
      ...[/^sessions need an approved access request \(just-in-time access\)$/],
      "shell web --request-access --reason '…' --region us-east-1",
    ],
    [
      ...['shows that a request is pending', [request], ['web'], 'failure'],
      ...[/your access request oi-0+1 of 2026-01-02 09:05:00 is pending$/],
      'shell web --access oi-000000000001',
    ],
    [
      ...['shows that a request is approved', [request, approved], ['web'], 'warning'],
      ...[/your access request oi-0+1 of .* is approved until 2099-01-02 10:00:00$/],
      'shell web --access oi-000000000001',
    ],
    [
      ...['shows it without a target', [], [], 'warning', /^sessions need an approved access/],
      'targets',
    ],
  ] as const) {
    it(what, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: { requests } });
      const run = await examine(t, account, ['--json', ...args], { TZ: 'UTC' });
      const found = findingsOf(run).get('permissions');
      assert.equal(found?.verdict, verdict);
      assert.match(found.text, text);
      assert.equal(run.status, verdict === 'failure' ? 255 : 0);
      const report = await examine(t, account, args, { TZ: 'UTC' });
      assert.ok(report.stdout.endsWith(`:\n  session-manager-plugin ${step}\n`), report.stdout);
    });
  }

  it('reports the refusal where AWS does not show that', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    for (const operation of ['DescribeOpsItems', 'ListDocuments'])
      account.aws.refuse(operation, denied);
    const found = findingsOf(await examine(t, account, ['web', '--json'])).get('permissions');
    assert.equal(found?.verdict, 'failure');
    assert.match(found.next ?? '', /^Ask the administrator/);
  });
});
