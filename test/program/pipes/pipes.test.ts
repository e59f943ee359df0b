import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFifo } from '../../support/fifo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { interactiveCommand, openPipedSession, PROMPT, startSession } from '../support/target.ts';
import { startPiped, type PipedOptions } from '../support/piped-program.ts';
import { startInTerminal } from '../support/terminal-program.ts';

const ORDINARY_END = { status: 0, signal: null };

/** Runs the program inside a shell's command line, in which `"$@"` is the program. */
function inShell(commandLine: string, ...parameters: string[]): Pick<PipedOptions, 'through'> {
  return { through: ['/bin/sh', '-c', commandLine, 'sh', ...parameters] };
}

describe('input that is no terminal', () => {
  it('is run when it is piped in, and the session ends as the remote shell does', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      {},
      inShell(`printf 'echo $((6 * 7))\\nexit 3\\n' | "$@"`),
    );
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /^42\r$/m);
    assert.ok(
      program.stdout.text.endsWith(`\n\nExiting session with sessionId: ${session.sessionId}.\n\n`),
    );
    assert.equal(program.stderr.text, '');
    assert.deepEqual(await session.closed, { by: 'remote', output: '' });
  });

  it('ends the remote shell with its own end', async (t) => {
    const { program, session } = await openPipedSession(t);
    program.stdin.end('echo $((6 * 7))\n');
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /^42\r$/m);
    assert.equal((await session.closed).by, 'remote');
  });

  it('may end in the middle of a line, which is run all the same', async (t) => {
    const { program, session } = await openPipedSession(t);
    program.stdin.end('echo $((6 * 7))');
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /42\r$/m);
    assert.equal((await session.closed).by, 'remote');
  });

  it('may pause for as long as it likes', async (t) => {
    const { program } = await openPipedSession(t);
    program.stdin.write('echo fir');
    await program.stdout.until('the echo', (text) => text.endsWith('$ echo fir'));
    program.stdin.write('st\n');
    await program.stdout.until('the first answer', (text) => text.endsWith(`\nfirst\r\n${PROMPT}`));
    program.stdin.end('echo second\n');
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /^second\r$/m);
  });

  for (const [name, redirection] of [
    ['/dev/null', '</dev/null'],
    ['a closed descriptor', '<&-'],
    ['a directory', '</'],
  ] as const) {
    it(`is empty when it is ${name}: the remote shell ends`, async (t) => {
      const { program, session } = await openPipedSession(t, {}, inShell(`"$@" ${redirection}`));
      assert.deepEqual(await program.end(), ORDINARY_END);
      assert.equal(program.stderr.text, '');
      assert.equal((await session.closed).by, 'remote');
    });
  }

  it('may be a file', async (t) => {
    const script = join(temporaryDirectory(t), 'script');
    writeFileSync(script, 'echo $((6 * 7))\necho $((7 * 7))\n');
    const { program } = await openPipedSession(
      t,
      {},
      inShell(`file=$1; shift; "$@" <"$file"`, script),
    );
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /42\r\n[^]*49\r\n/);
  });

  it('reaches a command that reads to its end', async (t) => {
    const { program } = await openPipedSession(
      t,
      interactiveCommand('stty -echo; echo ready; sort'),
    );
    await program.stdout.until('the command', (text) => text.includes('ready'));
    program.stdin.end('one\ntwo\nthree\n');
    assert.deepEqual(await program.end(), ORDINARY_END);
    assert.match(program.stdout.text, /ready\r\none\r\nthree\r\ntwo\r\n/);
  });
});

describe('output that is no terminal', () => {
  it('may be a file, and all of it is in there', async (t) => {
    const file = join(temporaryDirectory(t), 'output');
    const { args, session } = await startSession(t, interactiveCommand('seq 1 20000'));
    const stdout = openSync(file, 'w');
    const program = startPiped(t, args, { stdout });
    closeSync(stdout);
    assert.deepEqual(await program.end(), ORDINARY_END);
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\r\n`).join('');
    assert.equal(
      readFileSync(file, 'utf8'),
      `\nStarting session with SessionId: ${session.sessionId}\n${lines}` +
        `\n\nExiting session with sessionId: ${session.sessionId}.\n\n`,
    );
  });

  it('ends the session quietly when its reader has had enough', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      interactiveCommand('yes'),
      inShell('{ "$@"; echo "status $?" >&2; } | head -n 5'),
    );
    await program.end();
    assert.match(program.stdout.text, /^\nStarting session with SessionId: \S+\n(y\r\n){3}$/);
    assert.equal(program.stderr.text, 'status 0\n');
    await session.closed;
    assert.equal(session.record.childProcesses, 0);
  });

  it('ends the session quietly when it was never read', async (t) => {
    const { program, session } = await openPipedSession(
      t,
      interactiveCommand('yes'),
      inShell('{ "$@"; echo "status $?" >&2; } | true'),
    );
    await program.end();
    assert.equal(program.stderr.text, 'status 0\n');
    await session.closed;
    assert.equal(session.record.childProcesses, 0);
  });
});

describe('a pipe for input and a terminal for output', () => {
  it('leaves the terminal’s settings alone from beginning to end', async (t) => {
    const fifo = makeFifo(t);
    const keys = openSync(fifo, 'r+');
    t.after(() => closeSync(keys));
    const { args, session } = await startSession(t);
    const program = await startInTerminal(t, args, {
      through: ['/bin/sh', '-c', 'keys=$1; shift; exec "$@" <"$keys"', 'sh', fifo],
      size: { cols: 71, rows: 19 },
    });
    await program.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    assert.equal(program.settings(), program.settingsBefore);
    writeSync(keys, '~.\n');
    await program.screen.until(
      'an answer and the prompt behind it',
      (text) => text.includes('not found') && text.endsWith(PROMPT),
    );
    writeSync(keys, 'stty size\nexit\n');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    assert.match(program.screen.text, /^19 71\r/m);
    assert.equal((await session.closed).by, 'remote');
  });
});

describe('a terminal for input and a pipe for output', () => {
  it('is a terminal: keys are sent one by one, and its settings are restored', async (t) => {
    const { args, session } = await startSession(t);
    const program = await startInTerminal(t, args, {
      through: ['/bin/sh', '-c', '"$@" | tr a-z A-Z', 'sh'],
    });
    await session.until('the size', ({ record }) => record.sizes.length > 0);
    assert.notEqual(program.settings(), program.settingsBefore);
    program.type('echo');
    await session.until('the keys', ({ record }) => record.inputBytes === 4);
    program.type(' something\rexit\r');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    assert.match(program.screen.text, /SOMETHING\r/);
  });
});
