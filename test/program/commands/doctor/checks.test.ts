import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { startAccount, WEB_1 } from '../support/account.ts';
import { pathWithAwsCli } from '../support/path-with-aws-cli.ts';
import { examine, findingsOf } from './support/examine.ts';

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
});
