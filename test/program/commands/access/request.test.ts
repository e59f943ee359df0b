import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCESS_KEY } from '../../../local-aws/api/access-api.ts';
import type { LocalSession } from '../../../local-aws/local-aws.ts';
import { startLocalKms } from '../../../resilience/support/local-kms.ts';
import { startAccount, WEB_1, WEB_2 } from '../support/account.ts';
import { outcomeOf, startCommand, startTerminalCommand } from '../support/run-command.ts';

const EXEC = ['exec', 'web', '--request-access', '--reason', 'ticket 7', '--quiet'];
const COMMAND = ['--', 'echo ok'];

/** Access keys with which an operation was called. */
function keysOf(
  { apiCalls }: Awaited<ReturnType<typeof startAccount>>['aws'],
  operation: string,
): ReadonlySet<string> {
  const calls = apiCalls.filter((call) => call.operation === operation);
  return new Set(calls.map(({ accessKeyId }) => accessKeyId));
}

describe('--request-access', () => {
  it('requests access with the reason, waits for its approval, and uses it for the session', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const args = ['exec', 'web', '--request-access', '--reason', 'ticket 7', ...COMMAND];
    const program = startCommand(t, account, args);
    await program.stderr.until('the wait', (text) =>
      /^Waiting for access request oi-0{11}1, which is pending \(us-east-1\)…$/m.test(text),
    );
    const [request] = account.aws.accessRequests;
    assert.ok(request !== undefined);
    assert.deepEqual([request.target, request.reason], [WEB_1.id, 'ticket 7']);
    assert.equal(account.aws.sessions.length, 0);
    request.state = 'Approved';
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(stdout, 'ok\n');
    assert.equal(status, 0);
    assert.match(stderr, /^Requested access to web \(i-0+1\): oi-0{11}1\.$/m);
    assert.match(stderr, /^The access request oi-0{11}1 was approved after \d+ s\.$/m);
    assert.deepEqual(keysOf(account.aws, 'StartSession'), new Set([ACCESS_KEY]));
    // The user's own credentials are for everything else, and the request is made once.
    for (const operation of [
      'DescribeInstanceInformation',
      'StartAccessRequest',
      'GetAccessToken',
    ]) {
      assert.ok(!keysOf(account.aws, operation).has(ACCESS_KEY), operation);
    }
    assert.equal(account.aws.accessRequests.length, 1);
    // No part of the credentials is shown.
    assert.doesNotMatch(stderr, /just-in-time-secret|token of|ASIA/);
  });

  for (const [state, text] of [
    ['Rejected', 'was rejected'],
    ['Revoked', 'was revoked'],
    ['Expired', 'has expired'],
  ] as const) {
    it(`reports that the request ${text}`, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: { state } });
      const { status, stderr } = await account.run([...EXEC, ...COMMAND]);
      assert.equal(status, 255);
      assert.match(
        stderr,
        new RegExp(`The access request oi-0{11}1 for web \\(.*\\) ${text}\\. Ask an approver`),
      );
      assert.equal(account.aws.sessions.length, 0);
    });
  }

  it('waits as long as asked, and then prints how to go on, which works', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const { status, stderr } = await account.run([...EXEC, '--wait-access', '1s', ...COMMAND]);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /was not approved within 1 s\. When it is approved, .*--access oi-0{11}1 /,
    );
    const [request] = account.aws.accessRequests;
    assert.ok(request !== undefined);
    request.state = 'Approved';
    const later = await account.run(['exec', 'web', '--access', request.id, ...COMMAND]);
    assert.deepEqual([later.status, later.stdout], [0, 'ok\n']);
    assert.equal(account.aws.accessRequests.length, 1);
  });

  it('shows the request, its state and the time in a terminal', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const args = ['shell', 'web', '--request-access', '--reason', 'ticket 7'];
    const program = await startTerminalCommand(t, account, args);
    const line = /Waiting for access request oi-0{11}1, which is pending \(us-east-1\)… (\d+) s/g;
    // A busy machine may leave out a second.
    await program.screen.until('a time that grows', (text) => {
      const [first, ...others] = [...text.matchAll(line)].map(([, seconds]) => Number(seconds));
      return first !== undefined && others.some((seconds) => seconds > first);
    });
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
  });

  it('ends at once after Ctrl-C, and starts no session', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const args = ['shell', 'web', '--request-access', '--reason', 'ticket 7'];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the request', (text) => text.includes('Requested access'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    assert.equal(account.aws.sessions.length, 0);
  });

  it('needs a reason, and is not for several machines', async (t) => {
    const account = await startAccount(t, [WEB_1, WEB_2], { access: {} });
    const reasonless = await account.run(['exec', WEB_1.id, '--request-access', ...COMMAND]);
    assert.match(reasonless.stderr, /--request-access needs a reason/);
    const fleet = await account.run(['exec', '--all', '--request-access', ...COMMAND]);
    assert.match(fleet.stderr, /--request-access cannot be used on many machines\./);
    const both = await account.run([...EXEC, '--access', 'oi-1', ...COMMAND]);
    assert.match(both.stderr, /--request-access/);
    assert.deepEqual([reasonless.status, fleet.status, both.status], [255, 255, 255]);
    assert.equal(account.aws.accessRequests.length, 0);
  });
});

describe('the credentials of an access request', () => {
  it('start, sign, encrypt, resume and end the session, and do nothing else', async (t) => {
    const { api, env, encryption } = await startLocalKms(t);
    const account = await startAccount(t, [WEB_1], {
      ...{ access: { state: 'Approved' }, sessions: { agent: { encryption } } },
    });
    const { aws } = account;
    const next = aws.nextSession();
    const program = startCommand(t, account, ['shell', ...EXEC.slice(1)], { env });
    const session = await next;
    const connected = ({ clientConnected, record }: LocalSession): boolean =>
      clientConnected && record.framesFromClient > 0;
    await session.until('a connection', connected);
    // Another token is needed: ResumeSession is called.
    session.expireToken();
    session.cutClient();
    await session.until('a second one', ({ record }) =>
      record.connections.slice(1).some(({ accepted }) => accepted),
    );
    // A session that has no connection is ended by TerminateSession.
    session.setGateway('unavailable');
    session.cutClient();
    await session.until('a further resume', ({ record }) => record.resumeCalls > 1);
    program.kill('SIGTERM');
    await program.end();
    assert.equal((await session.closed).by, 'api');
    for (const operation of ['StartSession', 'ResumeSession', 'TerminateSession']) {
      assert.deepEqual(keysOf(aws, operation), new Set([ACCESS_KEY]), operation);
    }
    const signatures = session.record.connections.map(({ headers }) => headers.authorization ?? '');
    assert.ok(signatures.length > 1);
    for (const signature of signatures) assert.match(signature, new RegExp(ACCESS_KEY));
    assert.deepEqual(
      api.calls.map(({ operation, accessKeyId }) => [operation, accessKeyId]),
      [['GenerateDataKey', ACCESS_KEY]],
    );
    for (const { operation, accessKeyId } of aws.apiCalls) {
      const isOfSession = /^(?:Start|Resume|Terminate)Session$/.test(operation);
      assert.equal(accessKeyId === ACCESS_KEY, isOfSession, operation);
    }
  });

  for (const [state, text] of [
    ['Revoked', 'was revoked'],
    ['Expired', 'has expired'],
  ] as const) {
    it(`do not resume a session when the request ${text}, which is reported`, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: { state: 'Approved' } });
      const next = account.aws.nextSession();
      const program = startCommand(t, account, ['shell', ...EXEC.slice(1)]);
      const session = await next;
      await session.until('a connection', ({ clientConnected }) => clientConnected);
      const [request] = account.aws.accessRequests;
      assert.ok(request !== undefined);
      request.state = state;
      session.expireToken();
      session.cutClient();
      const { status, stderr } = await outcomeOf(program);
      assert.equal(status, 255);
      assert.match(stderr, new RegExp(`The access request oi-0{11}1 for web .* ${text}\\.`));
    });
  }

  it('are not given when the access was revoked after the first session', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: { state: 'Approved' } });
    const first = await account.run([...EXEC, ...COMMAND]);
    assert.equal(first.status, 0);
    const [request] = account.aws.accessRequests;
    assert.ok(request !== undefined);
    request.state = 'Revoked';
    const { status, stderr } = await account.run([
      'exec',
      'web',
      '--access',
      request.id,
      ...COMMAND,
    ]);
    assert.equal(status, 255);
    assert.match(stderr, /was revoked/);
  });

  it('are not found for an id that AWS does not know', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const { status, stderr } = await account.run(['exec', 'web', '--access', 'oi-9', ...COMMAND]);
    assert.equal(status, 255);
    assert.match(stderr, /You have no access request "oi-9" in this region\. /);
    const empty = await account.run(['exec', 'web', '--access', '', ...COMMAND]);
    assert.match(empty.stderr, /--access cannot be ""/);
  });
});
