import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalAccessRequest } from '../../../local-aws/api/access-api.ts';
import { startAccount, WEB_1, WEB_2 } from '../support/account.ts';

const HOUR_MS = 3_600_000;

function request(nth: number, changes: Partial<LocalAccessRequest> = {}): LocalAccessRequest {
  return {
    id: `oi-${String(nth).padStart(12, '0')}`,
    ...{ target: WEB_1.id, reason: `ticket ${nth}`, state: 'Pending' },
    requestedAt: new Date(Date.UTC(2026, 0, nth, 9, 5)),
    ...changes,
  };
}

const PENDING = request(1);
const APPROVED = request(3, {
  ...{ state: 'Approved', until: new Date(Date.now() + HOUR_MS), target: WEB_2.id },
});
const PAST = request(2, { state: 'Approved', until: new Date(Date.UTC(2026, 0, 2)) });
const REVOKED = request(4, { state: 'Revoked' });
const REQUESTS = [PENDING, APPROVED, PAST, REVOKED];

/** The ids that `access` lists with some options, and what is printed for people. */
async function listed(
  account: Awaited<ReturnType<typeof startAccount>>,
  ...args: readonly string[]
): Promise<{ readonly ids: readonly string[]; readonly stderr: string }> {
  const { status, stdout, stderr } = await account.run(['access', ...args]);
  assert.equal(status, 0);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { ids: lines.map((line) => line.split('\t')[0] ?? ''), stderr };
}

describe('access', () => {
  it('lists the requests of the user, the newest first, with state, target, times and reason', async (t) => {
    const account = await startAccount(t, [WEB_1, WEB_2], { access: { requests: REQUESTS } });
    const { status, stdout, stderr } = await account.run(['access'], { TZ: 'UTC' });
    const rows = stdout.trimEnd().split('\n');
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(
      rows.map((row) => row.split('\t').toSpliced(4, 1)),
      [
        [REVOKED.id, 'Revoked', WEB_1.id, '2026-01-04 09:05:00', 'ticket 4'],
        [APPROVED.id, 'Approved', WEB_2.id, '2026-01-03 09:05:00', 'ticket 3'],
        [PAST.id, 'Expired', WEB_1.id, '2026-01-02 09:05:00', 'ticket 2'],
        [PENDING.id, 'Pending', WEB_1.id, '2026-01-01 09:05:00', 'ticket 1'],
      ],
    );
    assert.deepEqual(
      rows.map((row) => row.split('\t')[4]),
      [
        '',
        APPROVED.until?.toISOString().replace('T', ' ').slice(0, 19) ?? '',
        '2026-01-02 00:00:00',
        '',
      ],
    );
  });

  it('lists those of a target, and those in a state', async (t) => {
    const account = await startAccount(t, [WEB_1, { ...WEB_2, nameTag: 'db' }], {
      access: { requests: REQUESTS },
    });
    assert.deepEqual((await listed(account, '--target', 'db')).ids, [APPROVED.id]);
    assert.deepEqual((await listed(account, '--state', 'expired')).ids, [PAST.id]);
    const none = await listed(account, '--target', 'db', '--state', 'rejected');
    assert.deepEqual(none.ids, []);
    assert.match(none.stderr, /^You have no rejected access request in us-east-1\. /);
    const { status, stderr } = await account.run(['access', '--state', 'lost']);
    assert.equal(status, 255);
    assert.match(stderr, /Choose pending, approved, rejected, revoked or expired/);
  });

  it('prints them as JSON, with times of the world', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: { requests: [PENDING, PAST] } });
    const { stdout } = await account.run(['access', '--json']);
    assert.deepEqual(JSON.parse(stdout), [
      {
        ...{ id: PAST.id, state: 'Expired', target: WEB_1.id, reason: 'ticket 2' },
        ...{ requestedAt: '2026-01-02T09:05:00.000Z', until: '2026-01-02T00:00:00.000Z' },
      },
      {
        ...{ id: PENDING.id, state: 'Pending', target: WEB_1.id, reason: 'ticket 1' },
        ...{ requestedAt: '2026-01-01T09:05:00.000Z', until: null },
      },
    ]);
  });

  it('reports how to request access when there is no request', async (t) => {
    const account = await startAccount(t, [WEB_1], { access: {} });
    const { ids, stderr } = await listed(account);
    assert.deepEqual(ids, []);
    assert.match(stderr, /^You have no access request in us-east-1\. To request access, add --req/);
  });

  it('reads many pages, but not all of a year, and reports that', async (t) => {
    const many = (count: number): readonly LocalAccessRequest[] =>
      Array.from({ length: count }, (_, i) => request(i + 1));
    const some = await startAccount(t, [WEB_1], { access: { requests: many(120) } });
    assert.equal((await listed(some)).ids.length, 120);
    const all = await startAccount(t, [WEB_1], { access: { requests: many(501) } });
    const { ids, stderr } = await listed(all);
    assert.equal(ids.length, 500);
    assert.equal(stderr, 'AWS has more requests than these 500.\n');
    const calls = all.aws.apiCalls.filter(({ operation }) => operation === 'DescribeOpsItems');
    assert.equal(calls.length, 10);
  });
});
