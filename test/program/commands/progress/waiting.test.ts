import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { render } from '../../../support/screen.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { startSilentService } from '../../port/support/target-service.ts';
import { NO_CREDENTIALS } from '../../support/program.ts';
import { startPiped } from '../../support/piped-program.ts';
import { startSession, TARGET } from '../../support/target.ts';
import {
  startCommand,
  startTerminalCommand,
  startCommandTarget,
  type CommandTarget,
} from '../support/run-command.ts';

const LIST_NODES = 'DescribeInstanceInformation';

/** What the program writes about waiting for the local target. */
function waitingFor({ aws }: CommandTarget, name = `Systems Manager in ${aws.region}`): string {
  return `Waiting for ${name} (${new URL(aws.endpoint).host})…`;
}

/** A target whose agent is connected, and begins no session before it is let. */
async function startSlowAgent(t: TestContext): Promise<{
  readonly target: CommandTarget;
  readonly agentWait: string;
  readonly begin: () => void;
}> {
  const handshake = createDeferred<undefined>();
  const agent = { handshakeAfter: handshake.promise };
  const target = await startCommandTarget(t, { sessions: { agent } });
  return {
    target,
    agentWait: `Waiting for the SSM Agent (${TARGET})…`,
    begin: () => handshake.resolve(undefined),
  };
}

describe('a command that waits for AWS, in a terminal', () => {
  it('counts the seconds in a line, and erases it when the answer comes', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause(LIST_NODES);
    const program = await startTerminalCommand(t, target, ['targets']);
    const { screen } = program;
    // A busy machine may skip any of the seconds.
    const secondsIn = (text: string): readonly string[] =>
      [...text.matchAll(/… (\d+) s/g)].map(([, seconds = '']) => seconds);
    await screen.until('another second', (text) => new Set(secondsIn(text)).size > 1);
    const { text } = screen;
    assert.deepEqual((await render(text)).rows, [
      `${waitingFor(target)} ${secondsIn(text).at(-1) ?? ''} s`,
      '',
    ]);
    held.release();
    assert.equal((await program.end()).status, 0);
    const { rows } = await render(screen.text);
    assert.match(rows[0] ?? '', /^ID\b/);
    assert.ok(!rows.some((row) => row.includes('Waiting')), rows.join('\n'));
  });

  it('leaves a clean line and the terminal as it was after Ctrl-C', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.pause(LIST_NODES);
    const program = await startTerminalCommand(t, target, ['shell', 'web']);
    await program.screen.until('the wait', (text) => text.includes(waitingFor(target)));
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
    const { rows, cursor } = await render(program.screen.text);
    assert.deepEqual(rows, ['']);
    assert.equal(cursor.column, 0);
  });

  it('leaves a clean line after Ctrl-C while a session is started', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.pause('StartSession');
    const program = await startTerminalCommand(t, target, ['shell', TARGET]);
    await program.screen.until('the wait', (text) => text.includes(waitingFor(target)));
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
    assert.deepEqual((await render(program.screen.text)).rows, ['']);
  });

  it('names the message gateway while the session connects, and ends cleanly', async (t) => {
    const target = await startCommandTarget(t);
    void target.aws.nextSession().then((session) => session.setGateway('silent'));
    const program = await startTerminalCommand(t, target, ['shell', TARGET]);
    const wait = waitingFor(target, `the message gateway in ${target.aws.region}`);
    await program.screen.until('the wait', (text) => text.includes(wait));
    const before = (await render(program.screen.text)).rows;
    assert.deepEqual([before.at(-2)?.startsWith(wait), before.at(-1)], [true, '']);
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
    const { rows } = await render(program.screen.text);
    assert.ok(!rows.some((row) => row.includes('Waiting')), rows.join('\n'));
  });

  it('names the agent while it has not begun the session, and erases the line when it has', async (t) => {
    const { target, agentWait, begin } = await startSlowAgent(t);
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', 'echo done']);
    await program.screen.until('the wait', (text) => text.includes(agentWait));
    begin();
    assert.equal((await program.end()).status, 0);
    assert.deepEqual((await render(program.screen.text)).rows, ['done', '']);
  });

  it('leaves a clean line after Ctrl-C while the agent has not begun the session', async (t) => {
    const { target, agentWait } = await startSlowAgent(t);
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', 'echo done']);
    await program.screen.until('the wait', (text) => text.includes(agentWait));
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
    const { rows } = await render(program.screen.text);
    assert.deepEqual(rows, [`Session with ${TARGET} ends: SIGINT received.`, '']);
  });

  it('shows its failure in place of the line', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause(LIST_NODES);
    target.aws.refuse(LIST_NODES, { status: 400, type: 'AccessDeniedException', message: 'no' });
    const program = await startTerminalCommand(t, target, ['shell', 'web']);
    await program.screen.until('the wait', (text) => text.includes(waitingFor(target)));
    held.release();
    assert.equal((await program.end()).status, 255);
    const { rows } = await render(program.screen.text);
    assert.match(rows[0] ?? '', /^session-manager-plugin: /);
    assert.ok(!rows.some((row) => row.includes('Waiting')), rows.join('\n'));
  });
});

describe('a command that waits for AWS, without a terminal', () => {
  it('writes a line to stderr, once', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause(LIST_NODES);
    const program = startCommand(t, target, ['targets']);
    await program.stderr.until('the wait', (text) => text.endsWith('\n'));
    held.release();
    assert.equal((await program.end()).status, 0);
    const lines = program.stderr.text.split('\n').filter((line) => line.startsWith('Waiting'));
    assert.deepEqual(lines, [waitingFor(target)]);
    assert.ok(!program.stdout.text.includes('Waiting'), program.stdout.text);
  });

  for (const option of ['--quiet', '--json']) {
    it(`writes nothing with ${option}`, async (t) => {
      const target = await startCommandTarget(t);
      const held = target.aws.pause(LIST_NODES);
      const silent = startCommand(t, target, ['targets', option]);
      await held.called;
      // It has waited for longer than this one, which began later.
      const other = startCommand(t, target, ['targets']);
      await other.stderr.until('the wait', (text) => text.endsWith('\n'));
      held.release();
      assert.equal((await silent.end()).status, 0);
      assert.equal(silent.stderr.text, '');
    });
  }

  it('names the source of credentials that takes long', async (t) => {
    const target = await startCommandTarget(t);
    const config = join(temporaryDirectory(t), 'config');
    writeFileSync(config, '[default]\ncredential_process = sleep 600\n');
    const env = { ...NO_CREDENTIALS, AWS_CONFIG_FILE: config };
    const program = startCommand(t, target, ['targets'], { env });
    await program.stderr.until('the wait', (text) => text.endsWith('\n'));
    assert.equal(
      program.stderr.text,
      'Waiting for AWS credentials (profile default, its credential_process)…\n',
    );
    program.kill('SIGINT');
    await program.end();
  });

  it('names an endpoint that never answers', async (t) => {
    const target = await startCommandTarget(t);
    const { port } = await startSilentService(t);
    const host = `127.0.0.1:${port}`;
    const env = { AWS_ENDPOINT_URL_SSM: `http://${host}` };
    const program = startCommand(t, target, ['targets'], { env });
    await program.stderr.until('the wait', (text) => text.endsWith('\n'));
    assert.equal(
      program.stderr.text,
      `Waiting for Systems Manager in ${target.aws.region} (${host})…\n`,
    );
    program.kill('SIGINT');
    await program.end();
  });
});

describe('the plugin that the AWS CLI runs', () => {
  it('writes nothing while the agent has not begun the session', async (t) => {
    const { target, agentWait, begin } = await startSlowAgent(t);
    const own = await startSession(t, {
      agent: { handshakeAfter: new Promise(() => undefined) },
    });
    const program = startPiped(t, own.args);
    await program.stdout.until('the start', (text) => text.includes('Starting session'));
    // It has waited for longer than this one, which began later.
    const other = startCommand(t, target, ['exec', TARGET, '--', 'true']);
    await other.stderr.until('the wait', (text) => text === `${agentWait}\n`);
    begin();
    await other.end();
    assert.equal(program.stderr.text, '');
    program.kill('SIGTERM');
    await program.end();
  });
});
