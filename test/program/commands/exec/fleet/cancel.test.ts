import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import { completed } from '../../../support/piped-program.ts';
import { startCommand, startTerminalCommand } from '../../support/run-command.ts';
import { machines, startFleet } from './support/fleet-account.ts';

/** A script that reports that it runs by a file, and ends only when it is ended. */
function lasting(t: TestContext): {
  readonly script: string;
  readonly ran: (n: number) => boolean;
} {
  const directory = temporaryDirectory(t);
  return {
    script: `touch ${directory}/$AWS_SSM_INSTANCE_ID; sleep 600; touch ${directory}/survived`,
    ran: (n) => existsSync(join(directory, `i-${String(n).padStart(17, '0')}`)),
  };
}

describe('Ctrl-C of exec on many machines', () => {
  it('cancels the command, reports where it still runs, and sends it to no further machine', async (t) => {
    const account = await startFleet(t, machines(3));
    const { script, ran } = lasting(t);
    const args = ['exec', '--all', '--yes', '--concurrency', '2', '--no-color', '--', script];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the bar', (text) => text.includes('0 of 3 done, 2 running'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    const text = program.screen.text.replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /Cancelling the command\. It still runs on 3 machines: web-1, web-2, web-3\. Press Ctrl-C again to leave at once\./,
    );
    assert.match(text, /web-1: cancelled/);
    assert.doesNotMatch(text, /may still run/);
    assert.deepEqual(
      account.aws.commands.map(({ invocations }) => invocations.map(({ state }) => state)),
      [['Cancelled', 'Cancelled', 'Cancelled']],
    );
    assert.deepEqual([ran(1), ran(2), ran(3)], [true, true, false]);
  });

  it('leaves at once when it is pressed again, and prints how to cancel what may still run', async (t) => {
    const account = await startFleet(t, machines(2));
    const cancel = account.aws.pause('CancelCommand');
    const args = ['exec', '--all', '--yes', '--no-color', '--', lasting(t).script];
    const program = await startTerminalCommand(t, account, args);
    await program.screen.until('the bar', (text) => text.includes('0 of 2 done, 2 running'));
    program.type('\x03');
    await cancel.called;
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    const text = program.screen.text.replaceAll(/\s+/g, ' ');
    const id = account.aws.commands[0]?.plan.commandId ?? '';
    assert.ok(
      text.includes('The command may still run on 2 machines: web-1, web-2. To cancel it:'),
    );
    assert.ok(text.includes(`aws ssm cancel-command --command-id ${id}`));
    cancel.release();
  });

  it('has the status of the signal, also for SIGTERM', async (t) => {
    const account = await startFleet(t, machines(1));
    const { script } = lasting(t);
    const program = startCommand(t, account, ['exec', '--all', '--', script]);
    const list = account.aws.pause('ListCommandInvocations', 1);
    await list.called;
    program.kill('SIGTERM');
    await program.stderr.until('the cancellation', (text) => text.includes('Cancelling'));
    list.release();
    const { status, stderr } = await completed(program);
    assert.equal(status, 143);
    assert.match(stderr, /^Cancelling the command\. It still runs on web-1\./m);
  });
});
