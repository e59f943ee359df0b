import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../support/screen.ts';
import { startInTerminal } from '../support/terminal-program.ts';
import { startAccount, WEB_1, WEB_2 } from './support/account.ts';

describe('sessions', () => {
  it('lists the open ones, the newest first', async (t) => {
    const account = await startAccount(t);
    const first = await account.aws.startSession({ Target: WEB_1.id, Reason: 'ticket 7' });
    const ended = await account.aws.startSession({ Target: WEB_1.id });
    const ending = account.aws.session(ended.SessionId);
    ending.terminate();
    await ending.closed;
    const { status, stdout, stderr } = await account.run(['sessions']);
    assert.equal(stderr, '');
    const columns = stdout.trimEnd().split('\t');
    assert.deepEqual(columns.toSpliced(2, 1), [
      first.SessionId,
      WEB_1.id,
      'SSM-SessionManagerRunShell',
      'ticket 7',
    ]);
    assert.match(columns[2] ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(status, 0);
  });

  for (const [cols, header] of [
    [40, 'SESSION'],
    [60, 'SESSION TARGET'],
    [80, 'SESSION TARGET STARTED REASON'],
    [110, 'SESSION TARGET STARTED DOCUMENT REASON'],
    [200, 'SESSION TARGET STARTED DOCUMENT REASON'],
  ] as const) {
    it(`is a table that fits a terminal of ${cols} columns, with whole ids`, async (t) => {
      const { aws, env } = await startAccount(t);
      const Reason = '東京のサーバーを調べる 🙂 and look at the logs';
      const { SessionId } = await aws.startSession({ Target: WEB_1.id, Reason });
      const program = await startInTerminal(t, ['sessions'], { env, size: { cols, rows: 24 } });
      assert.equal((await program.end()).status, 0);
      const { rows } = await render(program.screen.text, { size: { cols } });
      assert.equal(rows[0]?.replaceAll(/ {2,}/g, ' '), header);
      assert.equal(rows[1]?.split(' ')[0], SessionId);
      // One line for the session, and the one of the cursor.
      assert.equal(rows.length, 3, rows.join('\n'));
    });
  }

  it('lists them as JSON, with their start as a time of the world', async (t) => {
    const account = await startAccount(t);
    const before = Date.now();
    const { SessionId } = await account.aws.startSession({ Target: WEB_2.id });
    const { stdout } = await account.run(['sessions', '--json']);
    const [session, ...others] = JSON.parse(stdout) as Record<string, string>[];
    assert.deepEqual(others, []);
    assert.equal(session?.['sessionId'], SessionId);
    assert.equal(session['target'], WEB_2.id);
    const startedAt = session['startedAt'] ?? '';
    assert.match(startedAt, /Z$/);
    assert.ok(Date.parse(startedAt) >= before - 1 && Date.parse(startedAt) <= Date.now());
  });

  it('reports on stderr that none is open', async (t) => {
    const account = await startAccount(t);
    assert.deepEqual(await account.run(['sessions']), {
      status: 0,
      signal: null,
      stdout: '',
      stderr: `You have no open session in ${account.aws.region}.\n`,
    });
  });

  it('ends one and prints which one', async (t) => {
    const account = await startAccount(t);
    const { SessionId } = await account.aws.startSession({ Target: WEB_1.id });
    const other = await account.aws.startSession({ Target: WEB_1.id });
    const { status, stdout } = await account.run(['sessions', '--terminate', SessionId]);
    assert.match(
      stdout,
      new RegExp(
        `^Session ${SessionId} on ${WEB_1.id}, open since [-0-9: ]+, has been ended\\.\n$`,
      ),
    );
    assert.equal(status, 0);
    assert.equal((await account.aws.session(SessionId).closed).by, 'api');
    assert.equal(account.aws.session(other.SessionId).end, undefined);
  });

  it('ends one without the permission to list them', async (t) => {
    const account = await startAccount(t);
    const { SessionId } = await account.aws.startSession({ Target: WEB_1.id });
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    account.aws.refuse('DescribeSessions', denied);
    const { status, stdout } = await account.run(['sessions', '--terminate', SessionId]);
    assert.equal(stdout, `Session ${SessionId} has been ended.\n`);
    assert.equal(status, 0);
    assert.equal((await account.aws.session(SessionId).closed).by, 'api');
  });

  it('fails for one that there is not', async (t) => {
    const account = await startAccount(t);
    const { status, stdout, stderr } = await account.run(['sessions', '--terminate', 'someone-0']);
    assert.equal(stdout, '');
    assert.match(stderr, /Cannot end the session someone-0: there is no such session/);
    assert.equal(status, 255);
  });
});
