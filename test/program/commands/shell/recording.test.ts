import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseEvent, parseHeader } from '../../../../src/cli/recording/asciicast.ts';
import { MOUNTS, PRIVATE_MOUNTS } from '../../../support/private-mounts.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { startInTerminal } from '../../support/terminal-program.ts';
import { startPiped } from '../../support/piped-program.ts';
import { PROMPT, TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  runAlone,
  startCommand,
  startCommandTarget,
  startTerminalCommand,
} from '../support/run-command.ts';

/** The texts of the events with this code, joined. */
function textOf(file: string, code: string): string {
  const [header = '', ...lines] = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  assert.notEqual(parseHeader(header), undefined, header);
  return lines
    .map((line) => parseEvent(line))
    .filter((event) => event?.code === code)
    .map((event) => event?.text)
    .join('');
}

/** Writes a recording with these events. */
function recordingOf(
  t: TestContext,
  ...events: readonly (readonly [number, string, string])[]
): string {
  const file = join(temporaryDirectory(t), 'made.cast');
  const lines = [{ version: 2, width: 80, height: 24 }, ...events];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

describe('shell --record', () => {
  it('writes what the target prints and the sizes of the terminal to a private file, and no keys', async (t) => {
    const target = await startCommandTarget(t);
    const file = join(temporaryDirectory(t), 'a.cast');
    const program = await startTerminalCommand(t, target, ['shell', TARGET, '--record', file]);
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.resize(100, 30);
    program.type('stty -echo; echo as""ked; read secret; echo $((6 * 7))\r');
    await program.screen.until('the question', (text) => text.includes('asked'));
    program.type('hunter2\r');
    await program.screen.until('the answer', (text) => /^42\r/m.test(text));
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);

    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(textOf(file, 'o'), /\r\n42\r\n/);
    assert.equal(textOf(file, 'r'), '100x30');
    assert.equal(textOf(file, 'i'), '');
    assert.ok(!readFileSync(file, 'utf8').includes('hunter2'));
  });

  it('writes keys with --record-input, and warns', async (t) => {
    const target = await startCommandTarget(t);
    const file = join(temporaryDirectory(t), 'a.cast');
    const args = ['shell', TARGET, '--record', file, '--record-input'];
    const program = startCommand(t, target, args);
    program.stdin.write('exit\n');
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 0);
    assert.match(stderr, /^Warning: your keys are recorded, also those of passwords\.$/m);
    assert.match(textOf(file, 'i'), /^exit\n/);
  });

  it('leaves a recording that plays when the program is killed', async (t) => {
    const target = await startCommandTarget(t);
    const file = join(temporaryDirectory(t), 'a.cast');
    const program = await startTerminalCommand(t, target, ['shell', TARGET, '--record', file]);
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    program.kill('SIGKILL');
    await program.end();
    const { status, stdout } = await runAlone(t, ['play', file]);
    assert.equal(status, 0);
    assert.ok(stdout.endsWith(PROMPT), stdout);
  });

  it('overwrites no file, and starts no session then', async (t) => {
    const target = await startCommandTarget(t);
    const file = join(temporaryDirectory(t), 'a.cast');
    writeFileSync(file, 'mine');
    const { status, stderr } = await outcomeOf(
      startCommand(t, target, ['shell', TARGET, '--record', file]),
    );
    assert.equal(status, 255);
    assert.match(
      stderr,
      /a\.cast exists already\. Pass another name to --record, or remove the file\.\n$/,
    );
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.equal(target.aws.sessions.length, 0);
  });

  it('leaves no file when no session starts', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.refuse('StartSession', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'no',
    });
    const file = join(temporaryDirectory(t), 'a.cast');
    const { status } = await outcomeOf(
      startCommand(t, target, ['shell', TARGET, '--record', file]),
    );
    assert.equal(status, 255);
    assert.throws(() => statSync(file), { code: 'ENOENT' });
  });
});

/** Runs the program with a disk of 64 KiB, and copies the recording from it in the end. */
const ON_SMALL_DISK = `mount -t tmpfs -o size=64k small disk || exit 99
"$@"
status=$?
cp disk/a.cast left
exit $status`;

describe('a recording on a full disk', needs(MOUNTS), () => {
  it('does not end the session, is reported, and plays up to there', async (t) => {
    const target = await startCommandTarget(t);
    const directory = temporaryDirectory(t);
    mkdirSync(join(directory, 'disk'));
    const program = startCommand(
      t,
      target,
      ['shell', TARGET, '--quiet', '--record', 'disk/a.cast'],
      {
        directory,
        through: [...PRIVATE_MOUNTS, 'sh', '-c', ON_SMALL_DISK, 'sh'],
      },
    );
    program.stdin.write('seq 30000; echo d""one; exit\n');
    const { status, stdout, stderr } = await outcomeOf(program);
    assert.match(stdout, /^done\r?$/m);
    assert.match(stderr, /The recording disk\/a\.cast is incomplete: no space left on device\./);
    assert.equal(status, 255);
    const played = await runAlone(t, ['play', join(directory, 'left'), '--speed', '1000']);
    assert.equal(played.status, 0, played.stderr);
    assert.match(played.stdout, /^1000\r$/m);
  });
});

describe('play', () => {
  it('shows the output and nothing else', async (t) => {
    const file = recordingOf(
      t,
      [0, 'o', 'one\r\n'],
      [0, 'i', 'x'],
      [0, 'r', '9x9'],
      [0.01, 'o', 'two\r\n'],
    );
    const { status, stdout, stderr } = await runAlone(t, ['play', file]);
    assert.deepEqual(
      { status, stdout, stderr },
      { status: 0, stdout: 'one\r\ntwo\r\n', stderr: '' },
    );
  });

  it('restores the terminal, and keeps its answers from the shell', async (t) => {
    const file = recordingOf(t, [0, 'o', '\x1b[?1049h\x1b[?1000h\x1b[c'], [3600, 'o', 'never']);
    const program = await startInTerminal(t, ['play', file]);
    await program.screen.until('the alternate screen', (text) => text.includes('\x1b[c'));
    program.type('\x1b[?62c');
    program.type('q');
    const { status, settings } = await program.end();
    assert.equal(status, 0);
    assert.equal(settings, program.settingsBefore);
    assert.ok(program.screen.text.includes('\x1b[?1000l'));
    assert.ok(program.screen.text.includes('\x1b[?1049l'));
  });

  it('ends with 130 after Ctrl-C', async (t) => {
    const file = recordingOf(t, [0, 'o', 'shown'], [3600, 'o', 'never']);
    const program = await startInTerminal(t, ['play', file]);
    await program.screen.until('the output', (text) => text.includes('shown'));
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
  });

  it('restores the terminal when a signal ends it', async (t) => {
    const file = recordingOf(t, [0, 'o', '\x1b[?25lshown'], [3600, 'o', 'never']);
    const program = await startInTerminal(t, ['play', file]);
    await program.screen.until('the output', (text) => text.includes('shown'));
    program.kill('SIGTERM');
    const { status, settings } = await program.end();
    assert.equal(status, 143);
    assert.equal(settings, program.settingsBefore);
    assert.ok(program.screen.text.includes('\x1b[?25h'));
  });

  it('ends with 0 when its reader has closed the pipe', async (t) => {
    const file = recordingOf(
      t,
      [0, 'o', 'one\r\n'],
      [0.1, 'o', 'two\r\n'],
      [0.2, 'o', 'three\r\n'],
      [3600, 'o', 'never'],
    );
    const program = startPiped(t, ['play', file]);
    await program.stdout.until('the output', (text) => text.includes('one'));
    program.stdoutPipe.destroy();
    assert.equal((await program.end()).status, 0);
  });

  it('names the line that is not one of a recording', async (t) => {
    const file = join(temporaryDirectory(t), 'b.cast');
    for (const [content, line] of [
      ['', 1],
      ['{"version":3}\n', 1],
      ['{"version":2,"width":80,"height":24}\n[0,"o","x"]\nnonsense\n', 3],
    ] as const) {
      writeFileSync(file, content);
      const { status, stderr } = await runAlone(t, ['play', file]);
      assert.equal(status, 255);
      assert.ok(
        stderr.includes(`b.cast, line ${line}: this is not a recording in asciicast version 2.`),
        stderr,
      );
    }
  });

  it('leaves out a last line that was cut off', async (t) => {
    const file = recordingOf(t, [0, 'o', 'one\r\n']);
    writeFileSync(file, '[1,"o","tw', { flag: 'a' });
    const { status, stdout } = await runAlone(t, ['play', file]);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'one\r\n' });
  });

  it('shortens pauses as asked, or as the recording asks', async (t) => {
    const file = recordingOf(t, [0, 'o', 'one\r\n'], [80_000, 'o', 'two\r\n']);
    const asked = await runAlone(t, ['play', file, '--max-pause', '1s', '--speed', '10']);
    assert.deepEqual(asked, { status: 0, stdout: 'one\r\ntwo\r\n', stderr: '' });
    const content = readFileSync(file, 'utf8');
    writeFileSync(file, content.replace('"width"', '"idle_time_limit":0.1,"width"'));
    const recorded = await runAlone(t, ['play', file]);
    assert.deepEqual(recorded, asked);
  });

  it('refuses a speed that is no number above 0', async (t) => {
    for (const speed of ['0', '-1', 'fast', '1e9', '']) {
      const { status, stderr } = await runAlone(t, ['play', 'x.cast', `--speed=${speed}`]);
      assert.equal(status, 255);
      assert.match(stderr, /Pass a number above 0, such as 2 or 0\.5\./);
    }
  });
});
