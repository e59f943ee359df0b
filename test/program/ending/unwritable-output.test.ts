import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startCommand, startCommandTarget } from '../commands/support/run-command.ts';
import { stdioRequest } from '../port/support/stdio-session.ts';
import { startService } from '../port/support/target-service.ts';
import { startPiped, type PipedOptions, type PipedProgram } from '../support/piped-program.ts';
import { nonInteractiveCommand, startSession, TARGET } from '../support/target.ts';

/** Runs the program inside a shell's command line, in which `"$@"` is the program. */
function inShell(commandLine: string): Pick<PipedOptions, 'through'> {
  return { through: ['/bin/sh', '-c', commandLine, 'sh'] };
}

/** A device on which every write fails with ENOSPC (full(4)). */
const TO_FULL_DISK = inShell('"$@" >/dev/full');
const NO_SPACE =
  'Cannot write to stdout: no space left on device (ENOSPC). Free some space, or choose another place for the output.';
const SENTENCE = `session-manager-plugin: ${NO_SPACE}\n`;

/** The most that a file may hold, in units of `ulimit -f` (512 bytes, POSIX), and in bytes. */
const FILE_LIMIT_BLOCKS = 16;
const FILE_LIMIT_BYTES = FILE_LIMIT_BLOCKS * 512;
const TOO_LARGE =
  'session-manager-plugin: Cannot write to stdout: file too large (EFBIG). Choose another place for the output.\n';

/** Writes more than fits, in one piece after the other. */
const LONG_OUTPUT = `head -c ${4 * FILE_LIMIT_BYTES} /dev/zero | tr '\\0' x`;

/** Longer than a pipe holds (pipe(7): 64 KiB), shorter than an argument may be (128 KiB). */
const LONG_TEXT = 'x'.repeat(100_000);
/** Makes stdout non-blocking, and goes on as its arguments. */
const NON_BLOCKING =
  'use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV or die';

async function assertFails(program: PipedProgram, status: number, stderr: string): Promise<void> {
  program.stdin.end();
  assert.deepEqual(await program.end(), { status, signal: null });
  assert.equal(program.stderr.text, stderr);
}

describe('a text that cannot be written', () => {
  for (const [args, status] of [
    [['--version'], 1],
    [[], 1],
    [['--help'], 255],
    [['targets', '--help'], 255],
    [['completion', 'bash'], 255],
  ] as const) {
    it(`is a failure: ${args.join(' ') || 'no arguments'}`, async (t) => {
      await assertFails(startPiped(t, args, TO_FULL_DISK), status, SENTENCE);
    });
  }

  for (const args of [['targets'], ['targets', '--json'], ['doctor', '--json'], ['sessions']]) {
    it(`is a failure: ${args.join(' ')}`, async (t) => {
      const target = await startCommandTarget(t, { nodes: [{ id: TARGET }] });
      await target.aws.startSession({ Target: TARGET });
      const program = startCommand(t, target, args, TO_FULL_DISK);
      program.stdin.end();
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      const json = `{"error":{"reason":"output","code":"output-unwritable","message":"${NO_SPACE}"}}\n`;
      assert.ok(program.stderr.text.endsWith(args.includes('--json') ? json : SENTENCE));
    });
  }

  it('is none when its reader has closed it', async (t) => {
    for (const args of [['--version'], ['--help']]) {
      const command = inShell('trap "" PIPE; { "$@"; echo $? >&2; } | :');
      const program = startPiped(t, args, command);
      await program.end();
      assert.equal(program.stderr.text, '0\n');
    }
  });

  it('waits for a non-blocking pipe to have room', async (t) => {
    const through = ['/bin/sh', '-c', `perl -e '${NON_BLOCKING}' "$@" | cat`, 'sh'];
    const program = startPiped(t, [LONG_TEXT], { through });
    await program.end();
    assert.ok(program.stdout.text.includes(`Unknown operation ${LONG_TEXT}. \n`));
  });
});

describe('the output of a session that cannot be written', () => {
  it('ends it with a failure for the AWS CLI', async (t) => {
    const { args, session } = await startSession(t, nonInteractiveCommand('echo lost', true));
    await assertFails(startPiped(t, args, TO_FULL_DISK), 1, SENTENCE);
    assert.notEqual((await session.closed).by, 'shutdown');
  });

  it('ends exec with 255, and the session on the service', async (t) => {
    const target = await startCommandTarget(t);
    const awaited = target.aws.nextSession();
    const command = 'while :; do echo lost; sleep 0.05; done';
    const program = startCommand(t, target, ['exec', TARGET, '--', command], TO_FULL_DISK);
    await assertFails(program, 255, SENTENCE);
    assert.notEqual((await (await awaited).closed).by, 'shutdown');
  });

  it('ends exec with 255 also when the command has ended well', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo lost'], TO_FULL_DISK);
    await assertFails(program, 255, SENTENCE);
  });

  it('ends exec with 255 when it is its stderr', async (t) => {
    const target = await startCommandTarget(t);
    const command = inShell('"$@" 2>/dev/full');
    const program = startCommand(t, target, ['exec', TARGET, '--', 'echo lost >&2'], command);
    await assertFails(program, 255, '');
  });

  it('is written up to the last byte that fits', async (t) => {
    const target = await startCommandTarget(t);
    const file = join(temporaryDirectory(t), 'dump');
    const command = inShell(`ulimit -f ${FILE_LIMIT_BLOCKS}; "$@" >${file}`);
    const program = startCommand(t, target, ['exec', TARGET, '--', LONG_OUTPUT], command);
    await assertFails(program, 255, TOO_LARGE);
    assert.equal(readFileSync(file, 'utf8'), 'x'.repeat(FILE_LIMIT_BYTES));
  });

  it('is reported as JSON with --json', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['exec', '--json', TARGET, '--', 'echo lost'];
    const program = startCommand(t, target, args, TO_FULL_DISK);
    const json = `{"error":{"reason":"session","code":"output-unwritable","message":"${NO_SPACE}"}}\n`;
    await assertFails(program, 255, json);
  });

  it('ends the byte stream of ssh', async (t) => {
    const service = await startService(t, (socket) => socket.write('SSH-2.0-test\r\n'));
    const target = await startCommandTarget(t);
    const args = ['ssh-proxy', TARGET, String(service.port)];
    const program = startCommand(t, target, args, TO_FULL_DISK);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.equal(program.stderr.text, SENTENCE);
  });

  it('ends the byte stream of ssh under the AWS CLI', async (t) => {
    const service = await startService(t, (socket) => socket.write('SSH-2.0-test\r\n'));
    const { args } = await startSession(t, stdioRequest(service.port));
    const program = startPiped(t, args, TO_FULL_DISK);
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.equal(program.stderr.text, SENTENCE);
  });

  it('ends forward --json, whose events are lost', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['forward', '--json', TARGET, '0:80'];
    const program = startCommand(t, target, args, TO_FULL_DISK);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.ok(program.stderr.text.includes(NO_SPACE), program.stderr.text);
  });
});
