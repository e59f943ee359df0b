import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { ACCESS_KEY, type LocalAccessRequest } from '../../../local-aws/api/access-api.ts';
import type { TerminalProgram } from '../../support/terminal-program.ts';
import { startAccount, WEB_1, type Account } from '../support/account.ts';
import { startTerminalCommand } from '../support/run-command.ts';

const QUESTION = 'Enter alone cancels:';
const PENDING: LocalAccessRequest = {
  ...{ id: 'oi-000000000001', target: WEB_1.id, reason: 'ticket 7', state: 'Pending' },
  requestedAt: new Date(Date.UTC(2026, 0, 2, 9, 5)),
};

/** A command in a terminal that asks for the reason. */
async function asked(
  t: TestContext,
  account: Account,
  args: readonly string[],
): Promise<TerminalProgram> {
  const program = await startTerminalCommand(t, account, args, { size: { cols: 200, rows: 24 } });
  await program.screen.until('the question', (text) => text.includes(QUESTION));
  return program;
}

function operations({ aws }: Account): readonly string[] {
  return aws.apiCalls.map(({ operation }) => operation);
}

describe('a session that the user may not start', () => {
  it('is offered a request in a terminal, and starts with its access', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const program = await asked(t, account, ['shell', 'web']);
    program.type('disk full\r');
    await program.screen.until('the request', (text) => text.includes('Requested access to web'));
    const [request] = account.aws.accessRequests;
    assert.ok(request !== undefined);
    assert.deepEqual([request.target, request.reason], [WEB_1.id, 'disk full']);
    const next = account.aws.nextSession();
    request.state = 'Approved';
    await next;
    program.type('echo yes""yes; exit\r');
    await program.screen.until('the output', (text) => text.includes('yesyes'));
    assert.equal((await program.end()).status, 0);
  });

  for (const [command, ...words] of [
    ['exec', 'web', '--', 'true'],
    ['cp', 'web:/proc/version'],
    ['forward', 'web', '0:80', '--exec', '--', 'true'],
  ]) {
    it(`is offered a request by ${command}`, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: { state: 'Approved' } });
      const file = command === 'cp' ? [join(temporaryDirectory(t), 'copy')] : [];
      const program = await asked(t, account, [command ?? '', ...words, ...file]);
      program.type('disk full\r');
      assert.equal((await program.end()).status, 0);
      assert.equal(account.aws.accessRequests.length, 1);
    });
  }

  it('is offered a request by forward, whose table is drawn again after it', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: { state: 'Approved' } });
    const program = await asked(t, account, ['forward', 'web', '0:80', '0:81']);
    program.type('disk full\r');
    await program.screen.until('the ports', (text) =>
      [80, 81].every((port) => new RegExp(`:\\d+ +port ${port} .*listening`).test(text)),
    );
    // As without a question.
    program.type('\x03');
    assert.equal((await program.end()).status, 0);
    // Both sessions have the same access.
    assert.equal(account.aws.accessRequests.length, 1);
    const starts = account.aws.apiCalls.filter(({ operation }) => operation === 'StartSession');
    const granted = starts.filter(({ accessKeyId }) => accessKeyId === ACCESS_KEY);
    assert.equal(granted.length, 2);
  });

  for (const args of [
    ['shell', 'web'],
    ['forward', 'web', '0:80'],
    ['exec', '-i', 'web', '--', 'cat'],
    ['cp', 'web:/proc/version', '/dev/shm/never-copied'],
  ]) {
    it(`is not waited for after SIGTERM during the question of ${args[0]}`, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: {} });
      const program = await asked(t, account, args);
      program.kill('SIGTERM');
      assert.equal((await program.end()).status, 143);
      assert.deepEqual(account.aws.accessRequests, []);
    });
  }

  it('is not requested after Enter alone or Ctrl-C', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const declined = await asked(t, account, ['shell', 'web']);
    declined.type('\r');
    assert.equal((await declined.end()).status, 255);
    assert.match(declined.screen.text, /shell --request-access --reason '…' web/);
    const interrupted = await asked(t, account, ['shell', 'web']);
    interrupted.type('\x03');
    assert.equal((await interrupted.end()).status, 130);
    assert.deepEqual([account.aws.accessRequests, account.aws.sessions], [[], []]);
  });

  it('is requested with the reason that was given, after a yes', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: { state: 'Approved' } });
    const args = ['exec', 'web', '--reason', 'ticket 7', '--', 'true'];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the question', (text) => text.includes('(y/N)'));
    program.type('y\r');
    assert.equal((await program.end()).status, 0);
    assert.equal(account.aws.accessRequests[0]?.reason, 'ticket 7');
  });

  for (const json of [[], ['--json']]) {
    it(`is reported with the whole command in a pipe ${json.join('')}`, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: {} });
      const args = ['exec', ...json, 'web', '--', "printf '%s' a"];
      const { status, stderr } = await account.run(args);
      assert.equal(status, 255);
      const words = ['exec', '--request-access', '--reason', "'…'", ...json, 'web', '--'];
      const command = `session-manager-plugin ${words.join(' ')} 'printf '\\\\''%s'\\\\'' a'`;
      const text = json.length === 0 ? command.replaceAll('\\\\', '\\') : command;
      assert.ok(stderr.includes(text), stderr);
      assert.deepEqual(account.aws.accessRequests, []);
    });
  }

  it('is reported with a command that runs, also where options came before its name', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const { stderr } = await account.run([
      '--region',
      'us-east-1',
      '-q',
      'exec',
      'web',
      '--',
      'true',
    ]);
    const command = "exec --request-access --reason '…' --region us-east-1 -q web -- true";
    assert.ok(stderr.includes(`session-manager-plugin ${command}\n`), stderr);
  });

  it('is reported with the request that is pending or approved', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: { requests: [PENDING] } });
    const program = await startTerminalCommand(t, account, ['shell', 'web'], {
      ...{ size: { cols: 200, rows: 24 }, env: { TZ: 'UTC' } },
    });
    assert.equal((await program.end()).status, 255);
    const text =
      'access request oi-000000000001 of 2026-01-02 09:05:00 is pending. To wait for it:';
    assert.ok(program.screen.text.includes(text), program.screen.text);
    assert.ok(program.screen.text.includes('shell --access oi-000000000001 web'));
    const [request] = account.aws.accessRequests;
    assert.ok(request !== undefined);
    request.state = 'Approved';
    request.until = new Date('2099-01-02T10:00:00Z');
    const { stderr } = await account.run(['shell', 'web'], { TZ: 'UTC' });
    assert.match(stderr, /is approved until 2099-01-02 10:00:00\. To use it:\n {2}session-/);
  });

  it('is only refused where the account has no just-in-time access, or does not show it', async (t) => {
    const account = await startAccount(t, [WEB_1]);
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    account.aws.refuse('StartSession', denied);
    const without = await account.run(['exec', 'web', '--', 'true']);
    account.aws.refuse('ListDocuments', denied);
    account.aws.refuse('DescribeOpsItems', denied);
    const hidden = await account.run(['exec', 'web', '--', 'true']);
    for (const { status, stderr } of [without, hidden]) {
      assert.equal(status, 255);
      assert.match(stderr, /Ask the administrator of the AWS account for this permission\.\n$/);
    }
  });

  it('is not offered to a command without --request-access', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const { stderr } = await account.run(['ssh-proxy', WEB_1.id]);
    assert.match(stderr, /Ask the administrator/);
    assert.ok(!operations(account).includes('DescribeOpsItems'));
  });
});

it('a session that starts asks nothing about access', async (t) => {
  const account = await startAccount(t, [WEB_1]);
  assert.equal((await account.run(['exec', 'web', '--', 'true'])).status, 0);
  for (const operation of ['DescribeOpsItems', 'ListDocuments', 'GetAccessToken']) {
    assert.ok(!operations(account).includes(operation), operation);
  }
});
