import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sessionPreferences, type LocalAwsOptions } from '../../../local-aws/local-aws.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startTerminalCommand } from '../support/run-command.ts';
import { startTwoMachines } from './support/two-machines.ts';

describe('cp refuses', () => {
  const usages = [
    [
      'both sides on targets',
      ['T:a', 'T:b'],
      /^Both the source and the destination are on targets/,
    ],
    ['no side on a target', ['a', 'b'], /^Neither the source nor the destination is on a target/],
    ['sources of both sides', ['T:a', 'b', 'c'], /^The source "b" is not on a target/],
    ['a missing destination', ['T:a'], /^The source or the destination is missing/],
    ['a container without a path', ['ecs:a_b_c', '.'], /^"ecs:a_b_c" has no path/],
    ['a name that begins with a colon', [':a', '.'], /^":a" begins with a colon/],
    ['an empty path', ['T:a', ''], /^A path is empty/],
    [
      'two sources of one name to a target',
      ['a/f', 'b/f/', 'T:'],
      /^"a\/f" and "b\/f\/" would get the same name/,
    ],
    [
      'two sources of one name from targets',
      ['T:f', 'T:b/f', '.'],
      /^".*:f" and ".*:b\/f" would get the same name/,
    ],
    ['a source that is named twice', ['f', 'f', 'T:'], /^"f" is named twice/],
    ['a directory for stdout', ['-r', 'T:a', '-'], /^A directory cannot be copied to stdout/],
    [
      'several sources for stdout',
      ['T:a', 'T:b', '-'],
      /^With - for stdin or stdout, there is only/,
    ],
    [
      'to resume stdout',
      ['--resume', 'T:a', '-'],
      /^A copy to stdout or from stdin cannot be resumed/,
    ],
    ['to resume a directory', ['--resume', '-r', 'T:a', '.'], /^The copy of a directory cannot be/],
    ['no sessions', ['--sessions', '0', 'T:a', '.'], /^--sessions cannot be "0"/],
    ['17 sessions', ['--sessions', '17', 'T:a', '.'], /^--sessions cannot be "17"/],
    [
      'a rate to a target',
      ['--limit-rate', '1M', 'a', 'T:b'],
      /^--limit-rate is only for copies from/,
    ],
    ['a rate of nothing', ['--limit-rate', '0', 'T:a', '.'], /^--limit-rate cannot be "0"/],
  ] as const;
  for (const [name, args, message] of usages) {
    it(name, async (t) => {
      const { cp, target } = await startTwoMachines(t);
      const { status, stderr } = await cp(...args);
      assert.match(stderr, new RegExp(`^session-manager-plugin: ${message.source.slice(1)}`));
      assert.equal(status, 255);
      assert.deepEqual(target.aws.apiCalls, []);
    });
  }

  it('a target that runs Windows, and names --via', async (t) => {
    const nodes = [{ id: TARGET, platformType: 'Windows' }] as const;
    const { cp, target } = await startTwoMachines(t, { nodes });
    const { status, stderr } = await cp('T:a', '.');
    assert.match(stderr, /runs Windows, where cp works only through S3\. Add --via s3:\/\/BUCKET/);
    assert.equal(status, 255);
    assert.deepEqual(target.aws.sessions, []);
  });
});

describe('cp in an account that logs sessions', () => {
  const logged = {
    documents: {
      'SSM-SessionManagerRunShell': sessionPreferences({
        s3BucketName: 'session-logs',
        cloudWatchLogGroupName: 'sessions',
      }),
    },
  } satisfies LocalAwsOptions;
  const WHERE = 'the S3 bucket session-logs and the CloudWatch group sessions';

  it('sends nothing without a person to ask', async (t) => {
    const { cp, target, there } = await startTwoMachines(t, logged);
    writeFileSync(join(there, 'f'), 'x');
    const { status, stderr } = await cp('T:f', '.');
    assert.equal(
      stderr,
      `session-manager-plugin: This account logs sessions to ${WHERE}: the log would contain what you copy. Nothing was sent. To copy it all the same, add --allow-logged.\n`,
    );
    assert.equal(status, 255);
    assert.deepEqual(target.aws.sessions, []);
  });

  it('copies with --allow-logged, and reports the log before', async (t) => {
    const { cp, here, there } = await startTwoMachines(t, logged);
    writeFileSync(join(there, 'f'), 'x');
    const { status, stderr } = await cp('--allow-logged', 'T:f', '.');
    assert.match(stderr, new RegExp(`^This account logs sessions to ${WHERE}: .*\nCopied `));
    assert.equal(status, 0);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), 'x');
  });

  for (const [answer, status] of [
    ['y', 0],
    ['n', 255],
    ['', 255],
  ] as const) {
    it(`asks a person, who answers "${answer}"`, async (t) => {
      const { target, here, there } = await startTwoMachines(t, logged);
      writeFileSync(join(there, 'f'), 'x');
      const copy = join(here, 'copy');
      const program = await startTerminalCommand(t, target, ['cp', `${TARGET}:f`, copy]);
      await program.screen.until('the question', (text) => text.includes('(y/N)'));
      program.type(`${answer}\r`);
      assert.equal((await program.end()).status, status);
      assert.equal(target.aws.sessions.length > 0, status === 0);
    });
  }

  it('ends with 130 when the person presses Ctrl-C', async (t) => {
    const { target } = await startTwoMachines(t, logged);
    const program = await startTerminalCommand(t, target, ['cp', `${TARGET}:f`, 'copy']);
    await program.screen.until('the question', (text) => text.includes('(y/N)'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    assert.deepEqual(target.aws.sessions, []);
  });

  it('copies when the preferences cannot be read', async (t) => {
    const { start, target, there } = await startTwoMachines(t, logged);
    target.aws.refuse('GetDocument', { status: 400, type: 'AccessDeniedException', message: 'no' });
    writeFileSync(join(there, 'f'), 'x');
    assert.equal((await outcomeOf(start(['-q', 'T:f', '.']))).status, 0);
  });
});
