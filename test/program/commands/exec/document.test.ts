import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentContent } from '../../../local-aws/local-aws.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

describe('exec, and the document of its session', () => {
  it('fails when the agent reports no status, and offers the interactive way', async (t) => {
    const target = await startCommandTarget(t, {
      sessions: { agent: { version: '3.1.0.0', separateOutputStream: false } },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--', "echo it's done"]);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /^session-manager-plugin: The agent \(version 3\.1\.0\.0\) reported no exit status/,
    );
    assert.ok(
      stderr.endsWith(`  ${interactively(String.raw`'{"command":["echo it'\''s done"]}'`)}\n`),
    );
    assert.doesNotMatch(stdout, /session/i);
  });

  it('offers the interactive way when the document is too old', async (t) => {
    const target = await startCommandTarget(t, {
      documents: { 'AWS-StartNonInteractiveCommand': documentContent(['command']) },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--', 'id']);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^session-manager-plugin: The document AWS-StartNonInteractiveCommand in this region is too old/,
    );
    assert.ok(stderr.endsWith(`  ${interactively(`'{"command":["id"]}'`)}\n`));
    assert.deepEqual(target.aws.sessions, []);
  });

  for (const [when, failure, says] of [
    [
      'there is none',
      'InvalidDocument',
      /there is no document AWS-StartNonInteractiveCommand in this region/,
    ],
    ['the user may not read it', 'AccessDeniedException', /of this region may be too old/],
  ] as const) {
    it(`offers the interactive way when the document is refused and ${when}`, async (t) => {
      const target = await startCommandTarget(t);
      const refused = { status: 400, message: 'no' };
      target.aws.refuse('StartSession', { ...refused, type: 'InvalidDocument' });
      target.aws.refuse('GetDocument', { ...refused, type: failure });
      const program = startCommand(t, target, ['exec', TARGET, '--', 'id']);
      const { status, stderr } = await outcomeOf(program);
      assert.equal(status, 255);
      assert.match(stderr, says);
      assert.ok(stderr.endsWith(`  ${interactively(`'{"command":["id"]}'`)}\n`));
    });
  }

  for (const [why, type, unread] of [
    ['the document is as it must be', 'InvalidParameters', false],
    ['something else is wrong', 'BadRequest', true],
  ] as const) {
    it(`offers nothing when StartSession is refused and ${why}`, async (t) => {
      const target = await startCommandTarget(t);
      target.aws.refuse('StartSession', { status: 400, type, message: 'Enable it.' });
      const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
      if (unread) target.aws.refuse('GetDocument', denied);
      const { status, stderr } = await outcomeOf(
        startCommand(t, target, ['exec', TARGET, '--', 'id']),
      );
      assert.equal(status, 255);
      assert.match(stderr, /^session-manager-plugin: Cannot start a session on i-/);
      assert.doesNotMatch(stderr, /in a terminal/);
    });
  }

  it('runs without the permission to ask for the target or the document', async (t) => {
    const target = await startCommandTarget(t);
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    target.aws.refuse('DescribeInstanceInformation', denied);
    target.aws.refuse('GetDocument', denied);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo out; exit 4']);
    assert.deepEqual(await outcomeOf(program), { status: 4, stdout: 'out\n', stderr: '' });
  });

  it('asks for both at the same time, and once', async (t) => {
    const target = await startCommandTarget(t);
    const held = ['DescribeInstanceInformation', 'GetDocument'].map((operation) =>
      target.aws.pause(operation),
    );
    const program = startCommand(t, target, ['exec', TARGET, '--', 'true']);
    await Promise.all(held.map(({ called }) => called));
    for (const operation of held) operation.release();
    assert.equal((await outcomeOf(program)).status, 0);
    const operations = target.aws.apiCalls.map(({ operation }) => operation);
    assert.deepEqual(operations.sort(), [
      'DescribeInstanceInformation',
      'GetDocument',
      'StartSession',
    ]);
  });
});

function interactively(parameters: string): string {
  return (
    `session-manager-plugin start-session --target ${TARGET} ` +
    `--document-name AWS-StartInteractiveCommand --parameters ${parameters}`
  );
}
