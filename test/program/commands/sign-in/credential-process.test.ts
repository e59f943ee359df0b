import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { credentialProcess } from '../../support/credential-process.ts';
import { startPiped } from '../../support/piped-program.ts';
import { AGENT_WITHOUT_FLAG, resumeAndTerminate } from '../support/resume-and-terminate.ts';
import { PROMPT, startSession, TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
} from '../support/run-command.ts';

const COMMAND = ['exec', 'local', '--', 'echo done'];
const ASKING = 'printf "PIN: " >&2; read -r pin; [ "$pin" = 1234 ] || exit 1';

describe('a credential process', () => {
  it('is asked once for all that a command does: lists, calls, signatures, the end', async (t) => {
    const target = await startCommandTarget(t);
    const { env, runs } = credentialProcess(t);
    assert.deepEqual(await outcomeOf(startCommand(t, target, COMMAND, { env })), {
      status: 0,
      stdout: 'done\n',
      stderr: '',
    });
    const doctor = await outcomeOf(startCommand(t, target, ['doctor', TARGET], { env }));
    assert.match(doctor.stdout, /credentials +from profile default, its credential_process/);
    const tokens = new Set(target.aws.apiCalls.map(({ securityToken }) => securityToken));
    assert.deepEqual([...tokens], ['of-the-process']);
    assert.equal(runs(), 2);
  });

  it('has the person to itself in a terminal, on stdin and stderr', async (t) => {
    const target = await startCommandTarget(t);
    const { env, runs } = credentialProcess(t, ASKING);
    const program = await startTerminalCommand(t, target, ['shell', 'local'], { env });
    await program.screen.until('the question', (text) => text.endsWith('PIN: '));
    program.type('1234\r');
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.type('exit\r');
    const { settings } = await program.end();
    assert.equal(settings, program.settingsBefore);
    assert.equal(runs(), 1);
  });

  it('is asked before the session of a target named by its id, too', async (t) => {
    const target = await startCommandTarget(t);
    const { env, runs } = credentialProcess(t, ASKING);
    const command = ['exec', TARGET, '--', 'echo done'];
    const program = await startTerminalCommand(t, target, command, { env });
    await program.screen.until('the question', (text) => text.endsWith('PIN: '));
    program.type('1234\r');
    assert.equal((await program.end()).status, 0);
    assert.equal(runs(), 1);
  });

  it('ends with the command on Ctrl-C', async (t) => {
    const target = await startCommandTarget(t);
    const { env } = credentialProcess(t, ASKING);
    const program = await startTerminalCommand(t, target, ['shell', TARGET], { env });
    await program.screen.until('the question', (text) => text.endsWith('PIN: '));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('asks for nothing in pipes, and its last line reports what is missing', async (t) => {
    const target = await startCommandTarget(t);
    const { env, runs } = credentialProcess(
      t,
      'read -r pin && exit 0; echo "warning" >&2; echo "vault: locked, run vault login" >&2; exit 2',
    );
    const program = startCommand(t, target, ['exec', TARGET, '--', 'cat'], { env });
    program.stdin.write('not for the process\n');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.equal(
      program.stderr.text,
      'session-manager-plugin: ' +
        'The credential_process of profile default failed with status 2: vault: locked, run vault login. ' +
        'Run its command in a terminal, and correct what it reports.\n',
    );
    assert.equal(runs(), 1);
  });

  it('asks for nothing when the command is in the background', async (t) => {
    const target = await startCommandTarget(t);
    const { env } = credentialProcess(t, 'read -r pin && exit 0; exit 2');
    const through = ['sh', '-mc', '"$@" & wait $!', 'sh'];
    const program = await startTerminalCommand(t, target, ['targets'], { env, through });
    assert.equal((await program.end()).status, 255);
    assert.match(program.screen.text, /failed with\s+status 2/);
  });
});

describe('a credential process of the plugin', () => {
  it('is asked once a session: for the connection, after a cut, and at the end', async (t) => {
    const { env, runs } = credentialProcess(t, 'read -r line && exit 1');
    const { args, session, aws } = await startSession(t, { agent: AGENT_WITHOUT_FLAG });
    const program = startPiped(t, args, { env });
    await resumeAndTerminate(program, session);
    assert.deepEqual(
      aws.apiCalls.map(({ operation }) => operation),
      ['ResumeSession', 'TerminateSession'],
    );
    assert.equal(runs(), 1);
  });
});
