import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoteForShell } from '../../../../src/lib/quote-for-shell.ts';
import { TARGET } from '../../support/target.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';

describe('the words of exec', () => {
  it('are joined with spaces for the remote shell, options and all', async (t) => {
    const target = await startCommandTarget(t);
    const words = ['printf', "'%s,'", '-n', '--quiet', '$((6*7))', "'a  b'"];
    const program = startCommand(t, target, ['exec', TARGET, '--reason', 'why', '--', ...words]);
    assert.equal((await outcomeOf(program)).stdout, '-n,--quiet,42,a  b,');
    assert.deepEqual(target.aws.sessions[0]?.request, {
      Target: TARGET,
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: {
        command: [`sh -c ${quoteForShell(words.join(' '))}`],
        separateOutputStream: ['true'],
      },
      Reason: 'why',
    });
  });

  it('are read by the shell of the target, as with ssh', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo', "it's"]);
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 2);
    assert.match(stderr, /unterminated/i);
  });

  it('may contain the character that stands for bytes that are not UTF-8', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      'exec',
      TARGET,
      '--',
      "printf '\ufffd ' | od -An -tx1",
    ]);
    assert.equal((await outcomeOf(program)).stdout, ' ef bf bd 20\n');
  });

  it('need a target where no person can choose one, and a command in any case', async (t) => {
    const target = await startCommandTarget(t);
    const nowhere = await outcomeOf(startCommand(t, target, ['exec', '--', 'id', '-u']));
    assert.equal(nowhere.status, 255);
    assert.match(nowhere.stderr, /The target is missing/);
    const nothing = await outcomeOf(startCommand(t, target, ['exec', TARGET, '--']));
    assert.equal(nothing.status, 255);
    assert.match(
      nothing.stderr,
      /There is no command to run\.\nWrite it after --, for example: .* exec web -- uptime`\.\n/,
    );
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('need -- before an option that is not one of exec', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, 'ls', '-la']);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(stderr, /Unknown option -la\.\nPut -- before the command to run/);
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('are refused when they are longer than a parameter may be', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', `: ${'x'.repeat(65_535)}`]);
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /too long: quoted for sh, it has 65545 characters, and Systems Manager allows 65535\. Put a long script/,
    );
    assert.deepEqual(target.aws.sessions, []);
  });

  it('are refused when they are not UTF-8', async (t) => {
    const target = await startCommandTarget(t);
    const through = ['sh', '-c', `exec "$@" "$(printf 'caf\\351')"`, 'sh'];
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo'], { through });
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(stderr, /^session-manager-plugin: Word 2 after -- is not UTF-8/);
    assert.deepEqual(target.aws.apiCalls, []);
  });
});
