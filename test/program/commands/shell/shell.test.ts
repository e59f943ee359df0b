import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROMPT, TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
} from '../support/run-command.ts';

describe('shell', () => {
  it('is a shell in the terminal, which is restored', async (t) => {
    const target = await startCommandTarget(t);
    const program = await startTerminalCommand(t, target, ['shell', TARGET]);
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.type('echo $((6 * 7))\r');
    await program.screen.until('the answer', (text) => /^42\r/m.test(text));
    program.type('exit\r');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
  });

  it('leaves stdout to the remote side, and speaks on stderr', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['shell', TARGET, '--reason', 'a test']);
    program.stdin.write('exit\n');
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 0);
    assert.ok(stdout.startsWith(PROMPT), stdout);
    assert.doesNotMatch(stdout, /session/i);
    assert.equal(stderr, `Starting a session with ${TARGET}…\nSession with ${TARGET} ended.\n`);
    assert.equal(target.aws.sessions[0]?.request.Reason, 'a test');
  });

  for (const [how, args, env] of [
    ['--quiet', ['--quiet'], {}],
    ['SSM_PLUGIN_QUIET=1', [], { SSM_PLUGIN_QUIET: '1' }],
  ] as const) {
    it(`prints nothing of its own with ${how}`, async (t) => {
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, ['shell', TARGET, ...args], { env });
      program.stdin.write('exit\n');
      const { status, stdout, stderr } = await outcomeOf(program);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      assert.doesNotMatch(stdout, /session/i);
    });
  }

  it('writes the log to stderr with --log-level', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['shell', TARGET, '--quiet', '--log-level', 'info'];
    const program = startCommand(t, target, args);
    program.stdin.write('exit\n');
    const { stderr } = await outcomeOf(program);
    assert.match(stderr, /^\S+Z Inf the data channel is open$/m);
    assert.doesNotMatch(stderr, / Dbg /);
  });

  it('fails with 255 and the reason on stderr when the gateway is away', async (t) => {
    const target = await startCommandTarget(t);
    const awaited = target.aws.nextSession();
    const program = startCommand(t, target, ['shell', TARGET, '--quiet']);
    (await awaited).setGateway('unavailable');
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(stderr, /^session-manager-plugin: The message gateway [^\n]+\n$/);
  });

  it('fails with 255 and one sentence when StartSession is refused', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.refuse('StartSession', {
      status: 400,
      type: 'TargetNotConnected',
      message: `${TARGET} is not connected.`,
    });
    const program = startCommand(t, target, ['shell', TARGET]);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(stderr, /^session-manager-plugin: Cannot start a session on i-[^\n]+\n$/);
  });
});

describe('a shell that is left with ~.', () => {
  for (const args of [
    ['shell', TARGET],
    ['start-session', '--target', TARGET],
  ]) {
    it(`is one whose connection was cut: ${args[0] ?? ''} exits with 255, as ssh does`, async (t) => {
      const target = await startCommandTarget(t);
      const program = await startTerminalCommand(t, target, args);
      await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
      program.type('~.');
      assert.deepEqual(await program.end(), { status: 255, settings: program.settingsBefore });
      assert.notEqual((await target.aws.sessions[0]?.closed)?.by, 'shutdown');
    });
  }
});

describe('shell that is left before it has begun', () => {
  it('exits with 130 at Ctrl-C, and leaves no session open', async (t) => {
    const target = await startCommandTarget(t, {
      sessions: { agent: { startAfter: new Promise(() => undefined) } },
    });
    const awaited = target.aws.nextSession();
    const program = await startTerminalCommand(t, target, ['shell', TARGET]);
    const session = await awaited;
    await program.screen.until('the start', (text) => text.includes('Starting a session'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    assert.notEqual((await session.closed).by, 'shutdown');
  });
});
