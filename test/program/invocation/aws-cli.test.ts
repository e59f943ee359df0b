import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAwsCli } from '../support/aws-cli.ts';
import { startCommandPiped } from '../support/piped-program.ts';
import { processEnded } from '../support/processes.ts';
import { PROMPT, startTarget, TARGET } from '../support/target.ts';
import { startCommandInTerminal } from '../support/terminal-program.ts';

describe('aws ssm start-session', () => {
  it('opens a shell in a terminal, where Ctrl-C is the remote side’s', async (t) => {
    const cli = findAwsCli(t);
    if (cli === undefined) return;
    const aws = await startTarget(t);
    const program = await startCommandInTerminal(t, cli.startSession(aws, '--target', TARGET), {
      env: cli.env,
    });
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.type('\x03');
    await program.screen.until('a new prompt', (text) => /\^C\s+\$ $/.test(text));
    program.type('echo $((6 * 7))\r');
    await program.screen.until('the answer', (text) => /^42\r+\n\$ $/m.test(text));
    program.type('exit\r');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    const [session] = aws.sessions;
    assert.equal((await session?.closed)?.by, 'remote');
    assert.match(program.screen.text, /Exiting session with sessionId: /);
  });

  it('runs what is piped in', async (t) => {
    const cli = findAwsCli(t);
    if (cli === undefined) return;
    const aws = await startTarget(t);
    const program = startCommandPiped(t, cli.startSession(aws, '--target', TARGET), {
      env: cli.env,
      through: ['/bin/sh', '-c', `printf 'echo $((6 * 7))\\nexit 3\\n' | "$@"`, 'sh'],
    });
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(program.stdout.text, /^42\r$/m);
    assert.equal(program.stderr.text, '');
  });

  it('runs one command with AWS-StartInteractiveCommand', async (t) => {
    const cli = findAwsCli(t);
    if (cli === undefined) return;
    const aws = await startTarget(t);
    const command = cli.startSession(
      aws,
      ...['--target', TARGET, '--document-name', 'AWS-StartInteractiveCommand'],
      ...['--parameters', '{"command":["stty size; echo done"]}'],
    );
    const program = await startCommandInTerminal(t, command, { env: cli.env });
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    assert.match(program.screen.text, /^done\r/m);
  });

  it('reports a failure of the program by its own exit status', async (t) => {
    const cli = findAwsCli(t);
    if (cli === undefined) return;
    const aws = await startTarget(t);
    const program = startCommandPiped(t, cli.startSession(aws, '--target', TARGET), {
      env: { ...cli.env, SSM_PLUGIN_PING_INTERVAL: 'often' },
    });
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.match(program.stdout.text, /Cannot perform start session: SSM_PLUGIN_PING_INTERVAL is/);
  });

  it('takes the session with it when it is killed', async (t) => {
    const cli = findAwsCli(t);
    if (cli === undefined) return;
    const aws = await startTarget(t);
    const program = await startCommandInTerminal(t, cli.startSession(aws, '--target', TARGET), {
      env: cli.env,
    });
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.kill('SIGKILL');
    await processEnded(program.pid);
    const [session] = aws.sessions;
    const end = await session?.closed;
    assert.ok(end?.by === 'flag' || end?.by === 'api', `the session ended by ${end?.by}`);
    assert.equal(session?.record.childProcesses, 0);
  });
});
