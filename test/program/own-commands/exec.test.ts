import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentContent } from '../../local-aws/local-aws.ts';
import { TARGET } from '../support/target.ts';
import { outcomeOf, startOwn, startOwnInTerminal, startOwnTarget } from './support/own-command.ts';

describe('exec', () => {
  it('has the output and the exit status of the remote command, and nothing else', async (t) => {
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, ['exec', TARGET, '--', 'echo out; echo err >&2; exit 7']);
    assert.deepEqual(await outcomeOf(program), { status: 7, stdout: 'out\n', stderr: 'err\n' });
    assert.equal((await target.aws.sessions[0]?.closed)?.by, 'remote');
  });

  it('is silent and succeeds when the command is and does', async (t) => {
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, ['exec', TARGET, '--', 'true']);
    assert.deepEqual(await outcomeOf(program), { status: 0, stdout: '', stderr: '' });
  });

  it('joins several words with spaces for the remote shell, options and all', async (t) => {
    const target = await startOwnTarget(t);
    const words = ['printf', "'%s,'", '-n', '--quiet', '$((6*7))', "'a  b'"];
    const program = startOwn(t, target, ['exec', TARGET, '--reason', 'why', '--', ...words]);
    assert.equal((await outcomeOf(program)).stdout, '-n,--quiet,42,a  b,');
    assert.deepEqual(target.aws.sessions[0]?.request, {
      Target: TARGET,
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: { command: [words.join(' ')], separateOutputStream: ['true'] },
      Reason: 'why',
    });
  });

  it('keeps the streams apart and whole', async (t) => {
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, [
      'exec',
      TARGET,
      '--',
      'head -c 300000 /dev/zero; head -c 20000 /dev/zero >&2',
    ]);
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.equal(program.stdout.bytes.compare(Buffer.alloc(300_000)), 0);
    assert.equal(program.stderr.bytes.compare(Buffer.alloc(20_000)), 0);
  });

  it('gives the status in a terminal, too, which is given back', async (t) => {
    const target = await startOwnTarget(t);
    const program = await startOwnInTerminal(t, target, ['exec', TARGET, '--', 'echo hi; exit 9']);
    assert.deepEqual(await program.end(), { status: 9, settings: program.settingsBefore });
    assert.equal(program.screen.text, 'hi\r\n');
  });

  it('fails when the agent reports no status, and offers the interactive way', async (t) => {
    const target = await startOwnTarget(t, {
      sessions: { agent: { version: '3.1.0.0', separateOutputStream: false } },
    });
    const program = startOwn(t, target, ['exec', TARGET, '--', "echo it's done"]);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(stderr, /the agent \(version 3\.1\.0\.0\) reported no exit status/);
    assert.ok(
      stderr.endsWith(`  ${interactively(String.raw`'{"command":["echo it'\''s done"]}'`)}\n`),
    );
    assert.doesNotMatch(stdout, /session/i);
  });

  it('offers the interactive way when the document is too old', async (t) => {
    const target = await startOwnTarget(t, {
      documents: { 'AWS-StartNonInteractiveCommand': documentContent(['command']) },
    });
    const program = startOwn(t, target, ['exec', TARGET, '--', 'id']);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^session-manager-plugin: ssm:StartSession for target .*separateOutputStream.*\nThe document AWS-StartNonInteractiveCommand is too old here/,
    );
    assert.ok(stderr.endsWith(`  ${interactively(`'{"command":["id"]}'`)}\n`));
    assert.deepEqual(target.aws.sessions, []);
  });

  for (const [when, failure, says] of [
    [
      'there is none',
      'InvalidDocument',
      /There is no document AWS-StartNonInteractiveCommand here/,
    ],
    ['nobody may read it', 'AccessDeniedException', /may be too old or not available here/],
  ] as const) {
    it(`offers the interactive way when the document is refused and ${when}`, async (t) => {
      const target = await startOwnTarget(t);
      const refused = { status: 400, message: 'no' };
      target.aws.refuse('StartSession', { ...refused, type: 'InvalidDocument' });
      target.aws.refuse('GetDocument', { ...refused, type: failure });
      const program = startOwn(t, target, ['exec', TARGET, '--', 'id']);
      const { status, stderr } = await outcomeOf(program);
      assert.equal(status, 255);
      assert.match(stderr, says);
      assert.ok(stderr.endsWith(`  ${interactively(`'{"command":["id"]}'`)}\n`));
    });
  }

  it('wants a target where nobody can choose one, and a command in any case', async (t) => {
    const target = await startOwnTarget(t);
    const nowhere = await outcomeOf(startOwn(t, target, ['exec', '--', 'id', '-u']));
    assert.equal(nowhere.status, 255);
    assert.match(nowhere.stderr, /no target is named/);
    const nothing = await outcomeOf(startOwn(t, target, ['exec', TARGET, '--']));
    assert.equal(nothing.status, 255);
    assert.match(nothing.stderr, /missing required argument 'command'/);
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('says that -- is missing when an option is not its own', async (t) => {
    const target = await startOwnTarget(t);
    const program = startOwn(t, target, ['exec', TARGET, 'ls', '-la']);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(stderr, /unknown option '-la'\n.*Put -- in front of the command/);
    assert.deepEqual(target.aws.apiCalls, []);
  });
});

function interactively(parameters: string): string {
  return (
    `session-manager-plugin start-session --target ${TARGET} ` +
    `--document-name AWS-StartInteractiveCommand --parameters ${parameters}`
  );
}
