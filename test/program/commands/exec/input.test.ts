import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { makeFifo } from '../../../support/fifo.ts';
import { pathOfShell, POSIX_SHELLS } from '../../../support/posix-shells.ts';
import { seeded } from '../../../support/random.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  startTerminalCommand,
} from '../support/run-command.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('exec -i', () => {
  for (const shell of POSIX_SHELLS) {
    it(
      `passes every byte of stdin to the command, and its end, with ${shell.name}`,
      needs(shell.tool),
      (t) =>
        seeded(async (random) => {
          const directory = temporaryDirectory(t);
          const environment = { PATH: pathOfShell(t, shell), TMPDIR: directory };
          const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
          const bytes = Buffer.concat([Buffer.from('~.\n\x03\x04\x1a\x1c'), random.bytes(300_000)]);
          const program = startCommand(t, target, [
            ...['exec', '-i', TARGET, '--'],
            'sha256sum; echo err >&2; exit 7',
          ]);
          program.stdin.end(bytes);
          assert.deepEqual(await outcomeOf(program), {
            status: 7,
            stdout: `${sha256(bytes)}  -\n`,
            stderr: 'err\n',
          });
          assert.deepEqual(readdirSync(directory), []);
          for (const session of target.aws.sessions) await session.closed;
        }),
    );
  }

  it('passes an empty stdin', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', '-i', TARGET, '--', 'wc -c']);
    assert.deepEqual(await outcomeOf(program), { status: 0, stdout: '0\n', stderr: '' });
  });

  it('passes lines that are typed in a terminal, and Ctrl-D as their end', async (t) => {
    const target = await startCommandTarget(t);
    const script = 'read -r line; echo "got $line"; cat; exit 4';
    const program = await startTerminalCommand(t, target, ['exec', '-i', TARGET, '--', script]);
    program.type('first\r');
    await program.screen.until('the first line', (text) => text.includes('got first'));
    program.type('second\r\x04');
    assert.deepEqual(await program.end(), { status: 4, settings: program.settingsBefore });
    assert.match(program.screen.text, /second\r\nsecond\r\n/);
  });

  it('ends with the command, also when it reads only a part of an endless stdin', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', '-i', TARGET, '--', 'head -n 1']);
    program.stdin.write('first\n'.repeat(100_000));
    const { status } = await program.end();
    assert.equal(status, 0);
    assert.equal(program.stdout.text, 'first\n');
    for (const session of target.aws.sessions) await session.closed;
  });

  it('sends a command that does not read only a bounded part of stdin', async (t) => {
    const target = await startCommandTarget(t);
    const goOn = makeFifo(t);
    const bytes = Buffer.alloc(3_000_000, 'x');
    const script = `read -r _ < ${goOn}; wc -c`;
    const program = startCommand(t, target, ['exec', '-i', TARGET, '--', `echo go; ${script}`]);
    program.stdin.end(bytes);
    await program.stdout.until('the command', (text) => text.includes('go'));
    const { record } = target.aws.sessions[0] ?? assert.fail();
    assert.ok(record.inputBytes <= 4 * 32 * 1024 + 1024, String(record.inputBytes));
    writeFileSync(goOn, '\n');
    assert.equal((await program.end()).status, 0);
    assert.equal(program.stdout.text, `go\n${bytes.length}\n`);
  });

  it('reports the session that is refused, and has no other one open', async (t) => {
    const target = await startCommandTarget(t, { nodes: [] });
    const run = await outcomeOf(startCommand(t, target, ['exec', '-i', TARGET, '--', 'cat']));
    assert.equal(run.status, 255);
    assert.match(run.stderr, /^session-manager-plugin: /);
    assert.equal(target.aws.sessions.length, 0);
  });

  it('ends the command when the session with its input is cut off', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['exec', '-i', TARGET, '--'],
      'head -c 4; sleep 1000',
    ]);
    program.stdin.write('some');
    await program.stdout.until('the input', (text) => text.includes('some'));
    target.aws.sessions[0]?.terminate();
    const { status } = await program.end();
    assert.equal(status, 255);
    assert.match(program.stderr.text, /ended too early|ended before|has ended/);
    for (const session of target.aws.sessions) await session.closed;
  });

  it('ends both sessions with a signal', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['exec', '-i', TARGET, '--', 'echo go; cat']);
    await program.stdout.until('the command', (text) => text.includes('go'));
    program.kill('SIGTERM');
    assert.equal((await program.end()).status, 143);
    for (const session of target.aws.sessions) await session.closed;
  });
});
