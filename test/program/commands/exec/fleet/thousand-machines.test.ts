import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDeferred } from '../../../../../src/lib/deferred.ts';
import { machine, startFleet } from './support/fleet-account.ts';
import { outcomeOf, startCommand } from '../../support/run-command.ts';

const MACHINES = 1_000;
/** Most of a round, which has one for each of the 20 commands of AWS. */
const CALLS_WHILE_WAITING = 15;
const MS_PER_SECOND = 1_000;

describe('exec on 1000 machines', () => {
  it('asks less than twice a second how far they are, and then has all results', async (t) => {
    const done = createDeferred<undefined>();
    const output = { status: 0, stdout: Buffer.from('ok\r\n'), stderr: Buffer.alloc(0) };
    const script = { ended: done.promise.then(() => output), kill: () => done.resolve(undefined) };
    // Those with Windows need no process of this machine.
    const nodes = Array.from({ length: MACHINES }, (_, i) =>
      machine(i + 1, { platformType: 'Windows' }),
    );
    const account = await startFleet(t, nodes, { runCommand: { powershell: () => script } });
    const { aws } = account;
    const waiting = aws.pause('ListCommandInvocations', CALLS_WHILE_WAITING);
    const args = ['exec', '-q', '--all', '--concurrency', '100%', '--', 'pwd'];
    const outcome = outcomeOf(startCommand(t, account, args));
    await waiting.called;
    assert.equal(
      aws.commands.reduce((sum, { mostAtOnce }) => sum + mostAtOnce, 0),
      MACHINES,
    );
    const from = aws.apiCalls.findIndex(({ operation }) => operation === 'ListCommandInvocations');
    const calls = aws.apiCalls.slice(from).map(({ at }) => at);
    const seconds = ((calls.at(-1) ?? 0) - (calls[0] ?? 0)) / MS_PER_SECOND;
    // The time begins with the first call, so this one does not count.
    assert.ok(calls.length - 1 < 2 * seconds, `${calls.length} calls in ${seconds} s`);
    done.resolve(undefined);
    waiting.release();
    const { status, stdout, stderr } = await outcome;
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.deepEqual(
      new Set(stdout.split('\r\n')),
      new Set([...nodes.map(({ nameTag = '' }) => `${nameTag} | ok`), '']),
    );
  });
});
