import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { SECOND_WEB_TASK, WEB_TASK, startTasks, targetOf } from '../support/ecs.ts';
import { nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { startCommand } from '../support/run-command.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const COMMAND = ['--', 'echo there'];

describe('other commands on an ECS container', () => {
  it('copies a file there and back', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const directory = temporaryDirectory(t);
    const there = join(directory, 'there');
    const here = join(directory, 'here');
    const back = join(directory, 'back');
    writeFileSync(here, 'content\r\n');
    const name = `ecs://shop/web/${WEB_TASK.id}:app`;
    const up = await account.run(['cp', '-q', here, `${name}:${there}`]);
    assert.equal(up.status, 0, up.stderr);
    const down = await account.run(['cp', '-q', `ecs://shop/web:${there}`, back]);
    assert.equal(down.status, 0, down.stderr);
    assert.equal(readFileSync(back, 'utf8'), 'content\r\n');
  });

  it('forwards a port', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const program = startCommand(t, account, ['forward', 'ecs://shop/web', '0:1', '--json']);
    const session = await account.aws.nextSession();
    assert.equal(session.request.Target, targetOf(WEB_TASK));
    assert.equal(session.request.DocumentName, 'AWS-StartPortForwardingSession');
    program.kill('SIGTERM');
    await program.end();
  });

  it('forwards a port to the task that a deployment has started in place of another', async (t) => {
    const service = await startNamed(t, 'hello');
    const account = await startTasks(t, [WEB_TASK]);
    const args = ['forward', 'ecs://shop/web', '--json', `0:${service.port}`];
    const program = startCommand(t, account, args);
    const { local } = await untilEvent(program, 'listening');
    account.aws.replaceTasks([
      { ...WEB_TASK, status: 'DEACTIVATING' },
      { ...SECOND_WEB_TASK, containers: WEB_TASK.containers },
    ]);
    account.aws.sessions[0]?.terminate();
    await untilEvent(program, 'idle');
    assert.equal(await nameAt(t, local.port), 'hello');
    assert.deepEqual(
      account.aws.sessions.map(({ request }) => request.Target),
      [targetOf(WEB_TASK), targetOf(SECOND_WEB_TASK)],
    );
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('opens a shell on one that a connection names', async (t) => {
    const account = await startTasks(t, [WEB_TASK]);
    const directory = temporaryDirectory(t);
    const file = join(directory, '.config', 'session-manager-plugin', 'connections.toml');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '[web]\ntarget = "ecs://shop/web"\n');
    const { stdout, status } = await account.run(['exec', 'web', ...COMMAND], {
      HOME: directory,
    });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'there\n' });
  });
});
