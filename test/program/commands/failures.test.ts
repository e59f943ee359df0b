import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Environment } from '../support/program.ts';
import { READY } from '../support/remote-commands.ts';
import { TARGET } from '../support/target.ts';
import { startInTerminal } from '../support/terminal-program.ts';
import { FATAL_ERROR, THROWS, THROWS_WHILE_STARTING } from '../support/throwing/throws.ts';
import { eventsIn } from './support/forwarding.ts';
import { startAccount } from './support/account.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  type CommandTarget,
} from './support/run-command.ts';

const ACCESS_DENIED = { status: 400, type: 'AccessDeniedException', message: 'not for you' };

interface Failure {
  readonly reason: string;
  readonly code: string;
  readonly message: string;
}

/** Runs a command that fails with 255 and writes nothing to stdout; gives its stderr. */
async function failOf(
  t: TestContext,
  target: CommandTarget,
  args: readonly string[],
  env: Environment = {},
): Promise<string> {
  const { status, stdout, stderr } = await outcomeOf(startCommand(t, target, args, { env }));
  assert.equal(status, 255, stderr);
  assert.equal(stdout, '');
  return stderr;
}

/** What stderr holds, each line of it being a failure as JSON and nothing else. */
function failuresIn(stderr: string): readonly Failure[] {
  assert.ok(stderr.endsWith('\n'), stderr);
  return stderr
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const { error, ...rest } = JSON.parse(line) as { readonly error: Failure };
      assert.deepEqual(rest, {});
      assert.deepEqual(Object.keys(error), ['reason', 'code', 'message']);
      return error;
    });
}

describe('a failure with --json is a line of JSON on stderr', () => {
  for (const args of [['targets'], ['shell', 'web'], ['exec', 'web', '--', 'id']]) {
    it(`with the reason of AWS: ${args.join(' ')}`, async (t) => {
      const target = await startCommandTarget(t);
      target.aws.refuse('DescribeInstanceInformation', ACCESS_DENIED);
      const [command = '', ...rest] = args;
      const [failure, ...more] = failuresIn(await failOf(t, target, [command, '--json', ...rest]));
      assert.equal(failure?.reason, 'access-denied');
      assert.match(
        failure.message,
        /^Cannot (?:list|find) the managed nodes?.* is not allowed to use ssm:DescribeInstanceInformation \(not for you\)\. Ask /,
      );
      assert.deepEqual(more, []);
    });
  }

  it('when StartSession is refused', async (t) => {
    const target = await startCommandTarget(t, {});
    target.aws.refuse('StartSession', { ...ACCESS_DENIED, type: 'TargetNotConnected' });
    const failures = failuresIn(await failOf(t, target, ['shell', TARGET, '--json']));
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      ['target-not-connected'],
    );
  });

  it('with the message of AWS, also of an unknown error', async (t) => {
    const target = await startCommandTarget(t, {});
    // As the service refuses a machine outside of AWS (aws-samples/sagemaker-ssh-helper, issue 44).
    const message =
      'Enable advanced-instances tier to use Session Manager with your on-premises instances';
    target.aws.refuse('StartSession', { status: 400, type: 'BadRequest', message });
    const failures = failuresIn(await failOf(t, target, ['shell', TARGET, '--json']));
    assert.deepEqual(failures, [
      {
        reason: 'invalid',
        code: 'call-refused',
        message: `Cannot start a session on ${TARGET}: ${message}. For details, add \`--log-level debug\`.`,
      },
    ]);
  });

  it('for each port that cannot be forwarded', async (t) => {
    const target = await startCommandTarget(t, {});
    target.aws.refuse('StartSession', ACCESS_DENIED);
    const { status, stdout, stderr } = await outcomeOf(
      startCommand(t, target, ['forward', TARGET, '0:80', '0:81', '--json']),
    );
    assert.equal(status, 255, stderr);
    const failures = failuresIn(stderr);
    const reasons = failures.map(({ reason }) => reason);
    assert.deepEqual(reasons, ['access-denied', 'access-denied']);
    const events = eventsIn(stdout).map((event) => event.event === 'failed' && event.error);
    assert.deepEqual(events, failures);
  });

  for (const [args, message] of [
    [['sessions', '--regoin', 'x', '--json'], 'Unknown option --regoin. Did you mean --region?'],
    [
      ['completion', '--json'],
      'The argument "shell" is missing. Choose bash, zsh, fish or powershell.',
    ],
    [
      ['exec', '--json', TARGET],
      'There is no command to run. Write it after --, for example: `session-manager-plugin exec web -- uptime`.',
    ],
  ] as const) {
    it(`when the command line is wrong: ${args.join(' ')}`, async (t) => {
      const target = await startCommandTarget(t);
      const failures = failuresIn(await failOf(t, target, args));
      assert.deepEqual(failures, [{ reason: 'usage', code: 'usage', message }]);
    });
  }

  it('when no node has the name that is given, or no region is set', async (t) => {
    const target = await startCommandTarget(t);
    const [unknown] = failuresIn(await failOf(t, target, ['shell', 'missing', '--json']));
    assert.equal(unknown?.reason, 'input');
    const env = { AWS_REGION: undefined };
    const [noRegion] = failuresIn(await failOf(t, target, ['targets', '--json'], env));
    assert.equal(noRegion?.reason, 'input');
  });

  it('when no profile has the name that is given, even with keys in the environment', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['shell', TARGET, '--profile', 'missing', '--json'];
    const [failure] = failuresIn(await failOf(t, target, args));
    assert.equal(failure?.reason, 'input');
    assert.match(failure.message, /^There is no profile missing /);
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('when the session does not start', async (t) => {
    const target = await startCommandTarget(t);
    const awaited = target.aws.nextSession();
    const program = startCommand(t, target, ['shell', TARGET, '--json', '--quiet']);
    (await awaited).setGateway('unavailable');
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.deepEqual([status, stdout], [255, '']);
    const [failure, ...more] = failuresIn(stderr);
    assert.equal(failure?.reason, 'session');
    assert.match(
      failure.message,
      /^The message gateway [^\n]+ is not available at the moment \(HTTP status 503\)\. Try again in a minute\. /,
    );
    assert.deepEqual(more, []);
  });

  for (const [what, behaviour, message] of [
    [
      'has ended meanwhile',
      { kind: 'ended' },
      /^The session has ended: it was idle for too long, /,
    ],
    ['is lost', { kind: 'down' }, /^The connection to the session was lost\. /],
  ] as const) {
    it(`when a session ${what}`, async (t) => {
      const target = await startCommandTarget(t);
      const awaited = target.aws.nextSession();
      const args = ['exec', TARGET, '--json', '--quiet', '--', `printf ${READY}; sleep 600`];
      const program = startCommand(t, target, args, { env: { SSM_PLUGIN_RESUME_TIMEOUT: '0' } });
      const session = await awaited;
      await program.stdout.until('the command', (text) => text.endsWith(READY));
      session.answerResume(behaviour);
      session.cutClient();
      const { status, stderr } = await outcomeOf(program);
      assert.equal(status, 255);
      const [failure, ...more] = failuresIn(stderr);
      assert.equal(failure?.reason, 'session');
      assert.match(failure.message, message);
      assert.deepEqual(more, []);
    });
  }

  it('when the agent reports no exit status', async (t) => {
    const target = await startCommandTarget(t, {
      sessions: { agent: { version: '3.1.0.0', separateOutputStream: false } },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--json', '--', 'echo hi']);
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    const [failure] = failuresIn(stderr);
    assert.equal(failure?.reason, 'session');
    assert.match(failure.message, /^The agent \(version .* reported no exit status/);
  });

  it('when it is a fatal error of the program', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause('DescribeInstanceInformation');
    const program = startCommand(t, target, ['targets', '--json'], { env: THROWS });
    await held.called;
    program.kill('SIGUSR2');
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    const expected = { reason: 'internal', code: 'internal', message: FATAL_ERROR };
    assert.deepEqual(failuresIn(stderr), [expected]);
  });
});

describe('--json', () => {
  it('after -- belongs to the remote command', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.refuse('StartSession', ACCESS_DENIED);
    const args = ['exec', TARGET, '--', 'lsblk', '--json'];
    assert.match(
      await failOf(t, target, args),
      /^session-manager-plugin: Cannot start a session on /,
    );
  });
});

describe('a fatal error of the program', () => {
  it('is reported once, and ends every session', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['forward', TARGET, '0:80', '0:81', '--json'], {
      env: THROWS,
    });
    await program.stdout.until('both ports', (text) => eventsIn(text).length === 2);
    program.kill('SIGUSR2');
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.deepEqual(failuresIn(stderr), [
      { reason: 'internal', code: 'internal', message: FATAL_ERROR },
    ]);
    assert.deepEqual(
      eventsIn(stdout).map(({ event }) => event),
      ['listening', 'listening'],
    );
    for (const session of target.aws.sessions) await session.closed;
  });

  it('in one of several sessions ends the others, too', async (t) => {
    const target = await startCommandTarget(t);
    const second = target.aws.pause('StartSession', 1);
    const program = startCommand(t, target, ['forward', TARGET, '0:80', '0:81', '--json'], {
      env: THROWS_WHILE_STARTING,
    });
    await program.stdout.until('one port', (text) => eventsIn(text).length === 1);
    await second.called;
    program.kill('SIGUSR2');
    await program.stderr.until('that sessions fail from now on', (text) => text === 'armed\n');
    second.release();
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(
      stderr,
      `armed\n{"error":{"reason":"internal","code":"internal","message":"${FATAL_ERROR}"}}\n`,
    );
    assert.equal(target.aws.sessions.length, 2);
    for (const session of target.aws.sessions) await session.closed;
  });

  it('while a target is chosen gives the terminal back, and exits with 255', async (t) => {
    const account = await startAccount(t);
    const program = await startInTerminal(t, ['shell'], { env: { ...account.env, ...THROWS } });
    await program.screen.until('the picker', (text) => text.includes('navigate'));
    program.kill('SIGUSR2');
    assert.deepEqual(await program.end(), { status: 255, settings: program.settingsBefore });
    const lines = program.screen.text.replaceAll('\r\n', ' ');
    assert.ok(lines.endsWith(`session-manager-plugin: ${FATAL_ERROR} `), program.screen.text);
  });
});

describe('a setting that cannot be used', () => {
  it('is reported before a session is started', async (t) => {
    const target = await startCommandTarget(t);
    const env = { SSM_PLUGIN_QUIET: 'maybe' };
    assert.equal(
      await failOf(t, target, ['shell', TARGET], env),
      'session-manager-plugin: SSM_PLUGIN_QUIET is "maybe", which is not a valid value. Set 1 to print no messages except failures, or 0.\n',
    );
    assert.deepEqual(target.aws.apiCalls, []);
  });
});
