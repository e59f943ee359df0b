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

  it('ends several, reports each that it cannot end, and has status 255 then', async (t) => {
    const account = await startAccount(t);
    const one = await account.aws.startSession({ Target: WEB_1.id });
    const two = await account.aws.startSession({ Target: WEB_2.id });
    const three = await account.aws.startSession({ Target: WEB_2.id });
    const args = ['sessions', '--terminate', one.SessionId, 'someone-0', two.SessionId];
    const { status, stdout, stderr } = await account.run(args);
    assert.equal(stdout.match(/has been ended\./g)?.length, 2);
    assert.match(stderr, /Cannot end the session someone-0: there is no such session/);
    assert.equal(status, 255);
    for (const { SessionId } of [one, two]) {
      assert.equal((await account.aws.session(SessionId).closed).by, 'api');
    }
    assert.equal(account.aws.session(three.SessionId).end, undefined);
  });

  it('ends all of the caller with --mine, and asks before that in a terminal', async (t) => {
    const account = await startAccount(t);
    const { aws, env } = account;
    const sessions = [
      await aws.startSession({ Target: WEB_1.id }),
      await aws.startSession({ Target: WEB_2.id }),
    ].map(({ SessionId }) => aws.session(SessionId));
    const args = ['sessions', '--terminate', '--mine'];
    const asked = await startInTerminal(t, args, { env });
    await asked.screen.until('the question', (text) => text.includes('(y/N)'));
    asked.type('n\r');
    assert.equal((await asked.end()).status, 255);
    assert.deepEqual(
      sessions.map(({ end }) => end),
      [undefined, undefined],
    );
    const { status, stdout } = await account.run([...args, '--json']);
    assert.equal((JSON.parse(stdout) as { terminated: unknown[] }).terminated.length, 2);
    assert.equal(status, 0);
    for (const session of sessions) assert.equal((await session.closed).by, 'api');
    const none = await account.run(args);
    assert.match(none.stderr, /You have no open session/);
    assert.equal(none.status, 0);
  });

  it('does not ask with --yes', async (t) => {
    const { aws, env } = await startAccount(t);
    await aws.startSession({ Target: WEB_1.id });
    await aws.startSession({ Target: WEB_2.id });
    const args = ['sessions', '--terminate', '--mine', '--yes'];
    const program = await startInTerminal(t, args, { env });
    assert.equal((await program.end()).status, 0);
    assert.equal(program.screen.text.match(/has been ended/g)?.length, 2);
  });

  it('lists those that have ended with --history: who, when, how long and how', async (t) => {
    const account = await startAccount(t);
    const ended = await account.aws.startSession({ Target: WEB_1.id, Reason: 'ticket 7' });
    const other = await account.aws.startSession({ Target: WEB_2.id });
    await account.aws.startSession({ Target: WEB_1.id });
    for (const { SessionId } of [ended, other]) {
      account.aws.session(SessionId).terminate();
      await account.aws.session(SessionId).closed;
    }
    const args = ['sessions', '--history', '--since', '1h', '--target', WEB_1.id];
    const { status, stdout, stderr } = await account.run([...args, '--mine']);
    assert.equal(stderr, '');
    const columns = stdout.trimEnd().split('\t');
    assert.match(columns[4] ?? '', /^\d+ s$/);
    assert.deepEqual(columns.toSpliced(3, 2), [
      ended.SessionId,
      'local',
      WEB_1.id,
      'Terminated',
      'SSM-SessionManagerRunShell',
      'ticket 7',
    ]);
    assert.equal(status, 0);
    const all = await account.run(['sessions', '--history', '--json']);
    const items = JSON.parse(all.stdout) as Record<string, string>[];
    assert.deepEqual(
      new Set(items.map(({ sessionId }) => sessionId)),
      new Set([ended.SessionId, other.SessionId]),
    );
    assert.match(items[0]?.['owner'] ?? '', /^arn:aws:iam::\d+:user\/local$/);
    assert.ok(Date.parse(items[0]?.['endedAt'] ?? '') >= Date.parse(items[0]?.['startedAt'] ?? ''));
  });

  it('lists the history page by page', async (t) => {
    const account = await startAccount(t);
    const count = 201;
    for (let i = 0; i < count; i++) {
      const { SessionId } = await account.aws.startSession({ Target: WEB_1.id });
      account.aws.session(SessionId).terminate();
      await account.aws.session(SessionId).closed;
    }
    const { stdout } = await account.run(['sessions', '--history']);
    assert.equal(stdout.trimEnd().split('\n').length, count);
  });

  it('reports on stderr that none has ended since then', async (t) => {
    const account = await startAccount(t);
    const { stdout, stderr } = await account.run(['sessions', '--history', '--since', '2h']);
    assert.equal(stdout, '');
    assert.match(stderr, /^No session that began in the last 2 h has ended in .*--since\.\n$/);
  });

  it('refuses options that do not belong together', async (t) => {
    const account = await startAccount(t);
    for (const [args, message] of [
      [['--since', '2h'], /--since needs --history/],
      [['--mine'], /--mine needs --history/],
      [['--terminate'], /--terminate needs the id of a session/],
      [['--history', '--terminate', 'a'], /--history cannot be combined with --terminate/],
    ] as const) {
      const { status, stderr } = await account.run(['sessions', ...args]);
      assert.match(stderr, message);
      assert.equal(status, 255);
    }
  });

  it('fails for one that there is not', async (t) => {
    const account = await startAccount(t);
    const { status, stdout, stderr } = await account.run(['sessions', '--terminate', 'someone-0']);
    assert.equal(stdout, '');
    assert.match(stderr, /Cannot end the session someone-0: there is no such session/);
    assert.equal(status, 255);
  });
});
