import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../../../src/commands/index.ts';
import { startInTerminal } from '../../support/terminal-program.ts';
import { runAlone } from '../support/run-command.ts';

/** A longer line is hard to read. */
const WIDEST_COLUMNS = 100;

describe('the help', () => {
  for (const option of ['--help', '-h']) {
    it(`of the program (${option}) names every command, and exits with 0`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, [option]);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      for (const { name, isHidden } of COMMANDS) {
        assert.equal(new RegExp(`^  ${name}[ \\n]`, 'm').test(stdout), isHidden !== true, name);
      }
    });
  }

  for (const { name } of COMMANDS) {
    it(`of ${name} has examples and the common options`, async (t) => {
      const { status, stdout, stderr } = await runAlone(t, [name, '--help']);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      assert.ok(stdout.startsWith(`Usage: session-manager-plugin ${name} `));
      assert.match(stdout, /^ +--endpoint-url <url>/m);
      assert.match(stdout, new RegExp(`^Examples:\n  session-manager-plugin ${name}`, 'm'));
    });
  }
});

describe('the width of the help', () => {
  for (const columns of [20, 40, 60, 110]) {
    it(`is that of COLUMNS, as far as words allow it: ${columns}`, async (t) => {
      const { stdout } = await runAlone(t, ['forward', '--help'], { COLUMNS: String(columns) });
      const longest = Math.min(columns, WIDEST_COLUMNS);
      for (const line of stdout.split('\n')) {
        const isOneWord = !/\S \S/.test(line.replace(/ \\$/, ''));
        assert.ok(line.length <= longest || isOneWord, line);
      }
    });
  }

  it('is 80 columns in a pipe', async (t) => {
    const inPipe = await runAlone(t, ['forward', '--help']);
    assert.deepEqual(await runAlone(t, ['forward', '--help'], { COLUMNS: '80' }), inPipe);
    const lengths = inPipe.stdout.split('\n').map((line) => line.length);
    assert.ok(lengths.every((length) => length <= 80) && lengths.some((length) => length > 70));
  });

  it('is that of the terminal', async (t) => {
    const program = await startInTerminal(t, ['exec', '--help'], { size: { cols: 44, rows: 80 } });
    assert.equal((await program.end()).status, 0);
    const { stdout } = await runAlone(t, ['exec', '--help'], { COLUMNS: '44' });
    assert.equal(program.screen.text.replaceAll('\r\n', '\n'), stdout);
  });
});

describe('a word that is none of the commands', () => {
  for (const [typed, meant] of [
    ['shel', 'shell'],
    ['strat-session', 'start-session'],
    ['sshproxy', 'ssh-proxy'],
    ['help', '--help'],
    ['help shell', 'shell --help'],
    ['--help exce', 'exec --help'],
    ['help me', '--help'],
    ['shel i-0123456789abcdef0', 'shell'],
  ] as const) {
    it(`${typed}: is an unknown operation on stdout, with what was perhaps meant on stderr`, async (t) => {
      const args = typed.split(' ');
      assert.deepEqual(await runAlone(t, args), {
        status: 1,
        stdout: `\nUnknown operation ${args[0] ?? ''}. \nUse session-manager-plugin --version to check the version.\n\n`,
        stderr: `Did you mean:\n  session-manager-plugin ${meant}\n`,
      });
    });
  }

  it('is an invalid operation with more arguments, and the suggestion is the same', async (t) => {
    assert.deepEqual(await runAlone(t, ['shel', 'i-0123456789abcdef0', '--region', 'x']), {
      status: 1,
      stdout: 'Invalid Operation',
      stderr: 'Did you mean:\n  session-manager-plugin shell\n',
    });
  });

  it('has no suggestion when none is near', async (t) => {
    for (const args of [['frobnicate'], ['{}', 'shell'], ['{}', 'us-east-1', 'ResumeSession']]) {
      assert.equal((await runAlone(t, args)).stderr, '');
    }
  });
});

describe('a person at a terminal', () => {
  const size = { cols: 80, rows: 100 };

  for (const [typed, option] of [
    ['help', '--help'],
    ['--help', '--help'],
    ['-h', '--help'],
    ['help shell', 'shell --help'],
    ['--help shell', 'shell --help'],
    ['version', '--version'],
    ['-v', '--version'],
    ['-V', '--version'],
    ['--version', '--version'],
  ] as const) {
    it(`reads help and version without the exact option: ${typed}`, async (t) => {
      const program = await startInTerminal(t, typed.split(' '), { size });
      assert.equal((await program.end()).status, 0);
      const { status, stdout } = await runAlone(t, option.split(' '));
      assert.equal(status, 0);
      assert.equal(program.screen.text.replaceAll('\r\n', '\n'), stdout);
    });
  }

  it('reads which command help does not know', async (t) => {
    const program = await startInTerminal(t, ['help', 'shel'], { size });
    assert.equal((await program.end()).status, 255);
    assert.match(
      program.screen.text,
      /^session-manager-plugin: Unknown command "shel"\.\r\nDid you mean:\r\n {2}session-manager-plugin shell\r\n/,
    );
  });

  it('reads no more than a caller without arguments', async (t) => {
    const program = await startInTerminal(t, [], { size });
    assert.equal((await program.end()).status, 0);
    const { stdout } = await runAlone(t, []);
    assert.equal(program.screen.text.replaceAll('\r\n', '\n'), stdout);
  });
});

describe('a caller', () => {
  for (const word of ['help', 'version', '-v']) {
    it(`reads the text for an unknown operation: ${word}`, async (t) => {
      const { status, stdout } = await runAlone(t, [word]);
      assert.deepEqual(
        [status, stdout],
        [
          1,
          `\nUnknown operation ${word}. \nUse session-manager-plugin --version to check the version.\n\n`,
        ],
      );
    });
  }
});
