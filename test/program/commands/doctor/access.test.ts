import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalAccessRequest } from '../../../local-aws/api/access-api.ts';
import { startAccount, WEB_1 } from '../support/account.ts';
import { examine, findingsOf } from './support/examine.ts';

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
