import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectLocally } from '../../port/support/local-program.ts';
import { TARGET } from '../../support/target.ts';
import { eventsIn, nameAt, startNamed, takenPort, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

describe('forward --on-demand', { timeout: 120_000 }, () => {
  it('starts no session before the first connection, which waits and loses nothing', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--on-demand', `0:${service.port}`],
    ]);
    await untilEvent(program, 'idle');
    assert.deepEqual(target.aws.sessions, []);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'hello');
    assert.equal(target.aws.sessions.length, 1);
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.deepEqual(
      eventsIn(program.stdout.text).map(({ event }) => event),
      ['listening', 'idle', 'connected', 'starting', 'ready', 'disconnected', 'ended'],
    );
  });

  it('ends with 0 at Ctrl-C when no program has connected', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--json', '--on-demand', '0:80']);
    await untilEvent(program, 'idle');
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.deepEqual(target.aws.sessions, []);
  });

  it('fails without a session when the local port is in use', async (t) => {
    const taken = await takenPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '--on-demand', `${taken}:80`]);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.match(program.stderr.text, new RegExp(`Local port ${taken} .* already in use`));
    assert.deepEqual(target.aws.sessions, []);
  });

  it('ends its session with --idle when no program is connected, and starts another one later', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--on-demand', '--idle', '1s', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    for (let sessions = 1; sessions <= 2; sessions++) {
      assert.equal(await nameAt(t, local.port), 'hello');
      assert.equal(target.aws.sessions.length, sessions);
      const end = await target.aws.sessions.at(-1)?.closed;
      assert.equal(end?.by, 'flag', 'this program has ended it');
    }
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stderr.text, '');
  });

  it('listens on --address, in place of the address of the environment', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    for (const more of [[], ['--on-demand']]) {
      const args = ['forward', TARGET, '--json', '--address', '127.0.0.2', ...more];
      const env = { SSM_PLUGIN_LOCAL_HOST: '127.0.0.3' };
      const program = startCommand(t, target, [...args, `0:${service.port}`], { env });
      const { local } = await untilEvent(program, 'listening');
      assert.equal(local.address, '127.0.0.2');
      await connectLocally(t, { port: local.port, host: '127.0.0.2' });
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
    }
  });

  it('refuses a time that is none, before anything else', async (t) => {
    const target = await startCommandTarget(t);
    for (const time of ['10', '0s', '25h', 'soon', '-1m']) {
      const program = startCommand(t, target, ['forward', TARGET, '80', `--idle=${time}`]);
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      assert.match(program.stderr.text, /idle.*not a time\.\n.*30s, 10m or 1h/);
    }
    assert.deepEqual(target.aws.apiCalls, []);
  });
});
