import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectLocally } from '../../port/support/local-program.ts';
import { startService } from '../../port/support/target-service.ts';
import { startAccount, WEB_1 } from '../support/account.ts';
import { untilEvent } from '../support/forwarding.ts';
import { startCommand } from '../support/run-command.ts';

describe('forward --start, when its instance is stopped later', () => {
  it('does not start it again, and forwards again once it runs', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const account = await startAccount(t, [
      { ...WEB_1, instanceState: 'stopped', boot: [{ instanceState: 'running' }] },
    ]);
    const { aws } = account;
    const args = ['forward', '--start', WEB_1.id, '--json', `0:${service.port}`];
    const program = startCommand(t, account, args);
    const { local } = await untilEvent(program, 'listening');
    aws.changeNode(WEB_1.id, { instanceState: 'stopped', pingStatus: 'ConnectionLost' });
    aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    const { error } = await untilEvent(program, 'pausing');
    assert.equal(error?.code, 'target-offline');
    aws.changeNode(WEB_1.id, { instanceState: 'running', pingStatus: 'Online' });
    await untilEvent(program, 'ready');
    const answer = new Promise((resolve) => socket.once('data', resolve));
    socket.write('echo');
    assert.equal(String(await answer), 'echo');
    assert.equal(aws.ec2Calls.filter((call) => call === 'StartInstances').length, 1);
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });
});
