import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteForShell } from '../../../src/lib/quote-for-shell.ts';
import { commandDocument, documentContent } from '../../local-aws/local-aws.ts';
import { makeFifo } from '../../support/fifo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startCommandPiped } from '../support/piped-program.ts';
import { programCommand } from '../support/program.ts';
import { READY } from '../support/remote-commands.ts';
import { TARGET } from '../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
} from './support/run-command.ts';

describe('exec', () => {
  it('has the output and the exit status of the remote command, and nothing else', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      'exec',
      TARGET,
      '--',
      'echo out; echo err >&2; exit 7',
    ]);
    assert.deepEqual(await outcomeOf(program), { status: 7, stdout: 'out\n', stderr: 'err\n' });
    assert.equal((await target.aws.sessions[0]?.closed)?.by, 'remote');
  });

  it('is silent and succeeds when the command is and does', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'true']);
    assert.deepEqual(await outcomeOf(program), { status: 0, stdout: '', stderr: '' });
  });

  it('joins several words with spaces for the remote shell, options and all', async (t) => {
    const target = await startCommandTarget(t);
    const words = ['printf', "'%s,'", '-n', '--quiet', '$((6*7))', "'a  b'"];
    const program = startCommand(t, target, ['exec', TARGET, '--reason', 'why', '--', ...words]);
    assert.equal((await outcomeOf(program)).stdout, '-n,--quiet,42,a  b,');
    assert.deepEqual(target.aws.sessions[0]?.request, {
      Target: TARGET,
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: {
        command: [`sh -c ${quoteForShell(words.join(' '))}`],
        separateOutputStream: ['true'],
      },
      Reason: 'why',
    });
  });

  it('keeps the streams apart and whole', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      'exec',
      TARGET,
      '--',
      'head -c 300000 /dev/zero; head -c 20000 /dev/zero >&2',
    ]);
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.equal(program.stdout.bytes.compare(Buffer.alloc(300_000)), 0);
    assert.equal(program.stderr.bytes.compare(Buffer.alloc(20_000)), 0);
  });

  it('gives the status in a terminal, too, and restores the terminal', async (t) => {
    const target = await startCommandTarget(t);
    const program = await startTerminalCommand(t, target, [
      'exec',
      TARGET,
      '--',
      'echo hi; exit 9',
    ]);
    assert.deepEqual(await program.end(), { status: 9, settings: program.settingsBefore });
    assert.equal(program.screen.text, 'hi\r\n');
  });

  it('fails when the agent reports no status, and offers the interactive way', async (t) => {
    const target = await startCommandTarget(t, {
      sessions: { agent: { version: '3.1.0.0', separateOutputStream: false } },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--', "echo it's done"]);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /^session-manager-plugin: The agent \(version 3\.1\.0\.0\) reported no exit status/,
    );
    assert.ok(
      stderr.endsWith(`  ${interactively(String.raw`'{"command":["echo it'\''s done"]}'`)}\n`),
    );
    assert.doesNotMatch(stdout, /session/i);
  });

  it('offers the interactive way when the document is too old', async (t) => {
    const target = await startCommandTarget(t, {
      documents: { 'AWS-StartNonInteractiveCommand': documentContent(['command']) },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--', 'id']);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^session-manager-plugin: The document AWS-StartNonInteractiveCommand in this region is too old/,
    );
    assert.ok(stderr.endsWith(`  ${interactively(`'{"command":["id"]}'`)}\n`));
    assert.deepEqual(target.aws.sessions, []);
  });

  for (const [when, failure, says] of [
    [
      'there is none',
      'InvalidDocument',
      /there is no document AWS-StartNonInteractiveCommand in this region/,
    ],
    ['the user may not read it', 'AccessDeniedException', /of this region may be too old/],
  ] as const) {
    it(`offers the interactive way when the document is refused and ${when}`, async (t) => {
      const target = await startCommandTarget(t);
      const refused = { status: 400, message: 'no' };
      target.aws.refuse('StartSession', { ...refused, type: 'InvalidDocument' });
      target.aws.refuse('GetDocument', { ...refused, type: failure });
      const program = startCommand(t, target, ['exec', TARGET, '--', 'id']);
      const { status, stderr } = await outcomeOf(program);
      assert.equal(status, 255);
      assert.match(stderr, says);
      assert.ok(stderr.endsWith(`  ${interactively(`'{"command":["id"]}'`)}\n`));
    });
  }

  for (const [why, type, unread] of [
    ['the document is as it must be', 'InvalidParameters', false],
    ['something else is wrong', 'BadRequest', true],
  ] as const) {
    it(`offers nothing when StartSession is refused and ${why}`, async (t) => {
      const target = await startCommandTarget(t);
      target.aws.refuse('StartSession', { status: 400, type, message: 'Enable it.' });
      const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
      if (unread) target.aws.refuse('GetDocument', denied);
      const { status, stderr } = await outcomeOf(
        startCommand(t, target, ['exec', TARGET, '--', 'id']),
      );
      assert.equal(status, 255);
      assert.match(stderr, /^session-manager-plugin: Cannot start a session on i-/);
      assert.doesNotMatch(stderr, /in a terminal/);
    });
  }

  it('wants a target where no person can choose one, and a command in any case', async (t) => {
    const target = await startCommandTarget(t);
    const nowhere = await outcomeOf(startCommand(t, target, ['exec', '--', 'id', '-u']));
    assert.equal(nowhere.status, 255);
    assert.match(nowhere.stderr, /The target is missing/);
    const nothing = await outcomeOf(startCommand(t, target, ['exec', TARGET, '--']));
    assert.equal(nothing.status, 255);
    assert.match(
      nothing.stderr,
      /There is no command to run\.\nWrite it after --, for example: .* exec web -- uptime`\.\n/,
    );
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('reports that -- is missing when an option is not its own', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, 'ls', '-la']);
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(stderr, /Unknown option -la\.\nPut -- before the command to run/);
    assert.deepEqual(target.aws.apiCalls, []);
  });
});

describe('a command of exec', () => {
  // Each was wrong or failed without a shell of the target (seen with the agent 3.3).
  for (const [script, outcome] of [
    ['echo a | cat', { status: 0, stdout: 'a\n' }],
    ['cd / && pwd', { status: 0, stdout: '/\n' }],
    ['echo $((6*7))', { status: 0, stdout: '42\n' }],
    ['exit 3', { status: 3, stdout: '' }],
    [`echo "it's"`, { status: 0, stdout: "it's\n" }],
    ['#1', { status: 0, stdout: '' }],
    ['cd /\nfor i in 1 2; do\n  echo "$i"\ndone\nexit 7', { status: 7, stdout: '1\n2\n' }],
    [
      `printf '%s ' '{{ command }}' '{{ssm:x}}' 'a$$b'`,
      {
        status: 0,
        stdout: '{{ command }} {{ssm:x}} a$$b ',
      },
    ],
  ] as const) {
    it(`is read by a shell of the target: ${JSON.stringify(script)}`, async (t) => {
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, ['exec', TARGET, '--', script]);
      assert.deepEqual(await outcomeOf(program), { ...outcome, stderr: '' });
    });
  }

  it('is in words what the shell of the target reads, as with ssh', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo', "it's"]);
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 2);
    assert.match(stderr, /unterminated/i);
  });

  it('is read by the shell that is named', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['exec', TARGET, '--shell', 'bash', '--', 'echo {1..3}'];
    assert.equal((await outcomeOf(startCommand(t, target, args))).stdout, '1 2 3\n');
    const unknown = await outcomeOf(
      startCommand(t, target, ['exec', TARGET, '--shell', 'cmd', '--', 'dir']),
    );
    assert.equal(unknown.status, 255);
    assert.match(unknown.stderr, /Choose sh, bash, zsh, powershell or pwsh\./);
  });

  it('is read by PowerShell on Windows', async (t) => {
    const powershell = join(temporaryDirectory(t), 'powershell');
    const decode =
      'for last; do :; done; echo "$last" | base64 -d | iconv -f UTF-16LE -t UTF-8; exit 9';
    writeFileSync(powershell, `#!/bin/sh\n${decode}\n`, { mode: 0o755 });
    const target = await startCommandTarget(t, {
      nodes: [{ id: TARGET, platformType: 'Windows' }],
      sessions: { agent: { powershell } },
    });
    const program = startCommand(t, target, ['exec', TARGET, '--', `Write-Output "it's"`]);
    const { status, stdout } = await outcomeOf(program);
    assert.equal(status, 9);
    assert.ok(stdout.includes(`\nWrite-Output "it's"\n`), stdout);
  });

  it('goes to sh without the permission to ask, with a hint when that is wrong', async (t) => {
    const powershell = join(temporaryDirectory(t), 'powershell');
    const says = '+ CategoryInfo : ObjectNotFound: (sh:String) [], CommandNotFoundException';
    writeFileSync(powershell, `#!/bin/sh\necho '${says}' >&2; exit 1\n`, { mode: 0o755 });
    const target = await startCommandTarget(t, {
      nodes: [{ id: TARGET, platformType: 'Windows' }],
      sessions: { agent: { powershell } },
    });
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    target.aws.refuse('DescribeInstanceInformation', denied);
    target.aws.refuse('GetDocument', denied);
    const { status, stderr } = await outcomeOf(
      startCommand(t, target, ['exec', TARGET, '--', 'id']),
    );
    assert.equal(status, 1);
    assert.equal(stderr, `${says}\nThe target runs Windows. Add --shell powershell.\n`);
  });

  it('runs without the permission to ask for the target or the document', async (t) => {
    const target = await startCommandTarget(t);
    const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };
    target.aws.refuse('DescribeInstanceInformation', denied);
    target.aws.refuse('GetDocument', denied);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo out; exit 4']);
    assert.deepEqual(await outcomeOf(program), { status: 4, stdout: 'out\n', stderr: '' });
  });

  it('asks for both at the same time, and once', async (t) => {
    const target = await startCommandTarget(t);
    const held = ['DescribeInstanceInformation', 'GetDocument'].map((operation) =>
      target.aws.pause(operation),
    );
    const program = startCommand(t, target, ['exec', TARGET, '--', 'true']);
    await Promise.all(held.map(({ called }) => called));
    for (const operation of held) operation.release();
    assert.equal((await outcomeOf(program)).status, 0);
    const operations = target.aws.apiCalls.map(({ operation }) => operation);
    assert.deepEqual(operations.sort(), [
      'DescribeInstanceInformation',
      'GetDocument',
      'StartSession',
    ]);
  });

  it('has no prefix in its output, whatever the document adds', async (t) => {
    const target = await startCommandTarget(t, {
      documents: {
        'AWS-StartNonInteractiveCommand': commandDocument({
          stdoutPrefix: 'STDOUT:\n',
          stderrPrefix: 'STDERR:',
        }),
      },
    });
    const script = 'seq 1 30000; seq 1 3000 >&2; printf end';
    const program = startCommand(t, target, ['exec', TARGET, '--', script]);
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');
    assert.deepEqual(await outcomeOf(program), {
      status: 0,
      stdout: `${lines(30_000)}end`,
      stderr: lines(3000),
    });
  });

  it('leaves stdin to the program that reads it next', async (t) => {
    const target = await startCommandTarget(t);
    const loop = 'while read -r line; do "$@" "echo got $line"; done';
    const command = ['bash', '-c', `printf 'a\\nb\\nc\\n' | { ${loop}; }`, 'bash'];
    const exec = programCommand(['exec', TARGET, '--']);
    const program = startCommandPiped(t, [...command, ...exec], { env: target.env });
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text, 'got a\ngot b\ngot c\n');
  });

  it('leaves what is typed to the program that reads it next, but for Ctrl-C', async (t) => {
    const target = await startCommandTarget(t);
    const script = `trap 'echo interrupted; exit 5' INT; echo ${READY}; while :; do sleep 0.05; done`;
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    assert.equal(program.settings(), program.settingsBefore);
    program.type('next');
    program.type('\x03');
    // The agent has lost the status of a command that it has signalled.
    assert.equal((await program.end()).status, 130);
    assert.match(program.screen.text, /interrupted/);
    const { inputBytes } = target.aws.sessions[0]?.record ?? {};
    assert.equal(inputBytes, 1);
  });

  it('is left with a second Ctrl-C when the first does not end it', async (t) => {
    const target = await startCommandTarget(t);
    const script = `trap '' INT; echo ${READY}; while :; do sleep 0.05; done`;
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', script]);
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('\x03');
    await program.screen.until('how to leave', (text) => text.includes('Press Ctrl-C again'));
    program.type('\x03');
    assert.equal((await program.end()).status, 130);
    await target.aws.sessions[0]?.closed;
  });

  it('goes on when Ctrl-Z has stopped the program, and the shell lets it go on', async (t) => {
    const target = await startCommandTarget(t);
    const goOn = makeFifo(t);
    const script = `echo ${READY}; read -r _ < ${goOn}; echo done; exit 6`;
    const program = await startTerminalCommand(t, target, ['exec', TARGET, '--', script], {
      through: ['bash', '-c', 'set -m; "$@"; echo "<stopped>"; fg', 'bash'],
    });
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('\x1a');
    await program.screen.until('the stop', (text) => text.includes('<stopped>'));
    writeFileSync(goOn, '\n');
    assert.equal((await program.end()).status, 6);
    assert.match(program.screen.text, /done/);
  });

  it('reports that a signal has ended it', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'kill -9 $$']);
    assert.deepEqual(await outcomeOf(program), {
      status: 255,
      stdout: '',
      stderr: 'The command was ended by a signal.\n',
    });
  });

  it('is refused when it is longer than a parameter may be', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', `: ${'x'.repeat(65_535)}`]);
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /too long: quoted for sh, it has 65545 characters, and Systems Manager allows 65535\. Put a long script/,
    );
    assert.deepEqual(target.aws.sessions, []);
  });

  it('is refused when it is not UTF-8', async (t) => {
    const target = await startCommandTarget(t);
    const through = ['sh', '-c', `exec "$@" "$(printf 'caf\\351')"`, 'sh'];
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo'], { through });
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(stderr, /^session-manager-plugin: Word 2 after -- is not UTF-8/);
    assert.deepEqual(target.aws.apiCalls, []);
  });

  it('arrives with the character that stands for bytes that are not UTF-8', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      'exec',
      TARGET,
      '--',
      "printf '\ufffd ' | od -An -tx1",
    ]);
    assert.equal((await outcomeOf(program)).stdout, ' ef bf bd 20\n');
  });
});

function interactively(parameters: string): string {
  return (
    `session-manager-plugin start-session --target ${TARGET} ` +
    `--document-name AWS-StartInteractiveCommand --parameters ${parameters}`
  );
}
