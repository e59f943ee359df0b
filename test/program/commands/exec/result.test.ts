import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandDocument } from '../../../local-aws/local-aws.ts';
import { TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
} from '../support/run-command.ts';

describe('the result of exec', () => {
  it('is the output and the exit status of the remote command, and nothing else', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      'exec',
      TARGET,
      '--',
      'echo out; echo err >&2; exit 7',
    ]);
    assert.deepEqual(await outcomeOf(program), { status: 7, stdout: 'out\n', stderr: 'err\n' });
    assert.equal((await target.aws.sessions[0]?.closed)?.by, 'remote');
  });

  it('is empty, with status 0, when the command prints nothing and succeeds', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'true']);
    assert.deepEqual(await outcomeOf(program), { status: 0, stdout: '', stderr: '' });
  });

  it('has both streams, apart and whole', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
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

  it('has the status in a terminal, too, which is restored', async (t) => {
    const target = await startCommandTarget(t);
    const program = await startTerminalCommand(t, target, [
      'exec',
      TARGET,
      '--',
      'echo hi; exit 9',
    ]);
    assert.deepEqual(await program.end(), { status: 9, settings: program.settingsBefore });
    assert.equal(program.screen.text, 'hi\r\n');
  });

  it('has no prefix, whatever the document adds', async (t) => {
    const target = await startCommandTarget(t, {
      documents: {
        'AWS-StartNonInteractiveCommand': commandDocument({
          stdoutPrefix: 'STDOUT:\n',
          stderrPrefix: 'STDERR:',
        }),
      },
    });
    const script = 'seq 1 30000; seq 1 3000 >&2; printf end';
    const program = startCommand(t, target, ['exec', TARGET, '--', script]);
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');
    assert.deepEqual(await outcomeOf(program), {
      status: 0,
      stdout: `${lines(30_000)}end`,
      stderr: lines(3000),
    });
  });

  it('names a signal that has ended the command', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'kill -9 $$']);
    assert.deepEqual(await outcomeOf(program), {
      status: 255,
      stdout: '',
      stderr: 'The command was ended by a signal.\n',
    });
  });
});
