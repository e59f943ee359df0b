import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showAsLines, waitingText } from '../../../src/cli/progress/show-waits.ts';

const SUBJECT = { name: 'Systems Manager in eu-west-1', place: 'ssm.eu-west-1.amazonaws.com' };
const OTHER = { name: 'AWS credentials', place: 'profile work, IAM Identity Center' };

describe('the text of a wait', () => {
  for (const [columns, text] of [
    [80, 'Waiting for Systems Manager in eu-west-1 (ssm.eu-west-1.amazonaws.com)… 3 s'],
    [60, 'Waiting for Systems Manager in eu-west-1… 3 s'],
    [40, 'Waiting for Systems Manager in eu-w… 3 s'],
    [3, '… 3'],
  ] as const) {
    it(`fits ${columns} columns`, () => {
      const shown = waitingText({ subject: SUBJECT, seconds: 3 }, columns);
      assert.equal(shown, text);
      assert.ok(shown.length <= columns);
    });
  }

  it('fits where its characters take two cells each', () => {
    const subject = { name: 'AWS credentials', place: 'profile 業務, IAM Identity Center' };
    const full = 'Waiting for AWS credentials (profile 業務, IAM Identity Center)… 3 s';
    assert.equal(waitingText({ subject, seconds: 3 }, 68), full);
    assert.equal(waitingText({ subject, seconds: 3 }, 67), 'Waiting for AWS credentials… 3 s');
  });

  it('holds nothing that controls a terminal', () => {
    const place = 'profile \x1b[2Jx\n';
    const shown = waitingText({ subject: { name: 'AWS credentials', place }, seconds: 1 }, 80);
    assert.equal(shown, 'Waiting for AWS credentials (profile [2Jx)… 1 s');
  });
});

describe('waits without a terminal', () => {
  it('are a line each, once', () => {
    const lines: string[] = [];
    const show = showAsLines((line) => lines.push(line));
    show({ subject: SUBJECT, seconds: 1 });
    show({ subject: SUBJECT, seconds: 2 });
    show(undefined);
    show({ subject: OTHER, seconds: 1 });
    show({ subject: SUBJECT, seconds: 1 });
    assert.deepEqual(lines, [
      'Waiting for Systems Manager in eu-west-1 (ssm.eu-west-1.amazonaws.com)…',
      'Waiting for AWS credentials (profile work, IAM Identity Center)…',
    ]);
  });
});
