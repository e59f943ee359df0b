import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TARGET } from '../../support/target.ts';
import { startNamed, takenPort } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

/** Connects to the local port in a variable, and prints what comes. */
const connects = (variable: string): readonly string[] => [
  ...[process.execPath, '-e'],
  `require('net').connect(process.env.${variable}, '127.0.0.1').pipe(process.stdout)`,
];

describe('forward --exec', { timeout: 120_000 }, () => {
  it('runs a program once the ports listen, with their numbers, and ends with it', async (t) => {
    const [first, second] = [await startNamed(t, 'first'), await startNamed(t, 'second')];
    const target = await startCommandTarget(t);
    const ports = [`0:${first.port}`, `0:localhost:${second.port}`];
    for (const [variable, name] of [
      ['PORT_1', 'first'],
      ['PORT_2', 'second'],
      [`PORT_LOCALHOST_${second.port}`, 'second'],
    ] as const) {
      const program = startCommand(t, target, [
        ...['forward', TARGET, ...ports, '--exec', '--', ...connects(variable)],
      ]);
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.equal(program.stdout.text, name);
      assert.equal(program.stderr.text, '');
    }
    for (const session of target.aws.sessions) await session.closed;
  });

  it('ends with the status of the program, or 128 and its signal', async (t) => {
    const target = await startCommandTarget(t);
    for (const [script, status] of [
      ['exit 7', 7],
      ['kill -TERM $$', 143],
    ] as const) {
      const program = startCommand(t, target, [
        ...['forward', TARGET, '0:80', '--exec', '--', 'sh', '-c', script],
      ]);
      assert.deepEqual(await program.end(), { status, signal: null });
    }
    for (const session of target.aws.sessions) await session.closed;
  });

  it('passes stdin, and SIGTERM, to the program', async (t) => {
    const target = await startCommandTarget(t);
    const script =
      'trap "echo ended; exit 3" TERM; read line; echo "$line"; while :; do sleep 0.1; done';
    const program = startCommand(t, target, [
      ...['forward', TARGET, '0:80', '--exec', '--', 'sh', '-c', script],
    ]);
    program.stdin.write('typed\n');
    await program.stdout.until('the line', (text) => text === 'typed\n');
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 3, signal: null });
    assert.equal(program.stdout.text, 'typed\nended\n');
    for (const session of target.aws.sessions) await session.closed;
  });

  it('does not run it when a port cannot listen, and fails', async (t) => {
    const taken = await takenPort(t);
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '0:80', `${taken}:80`, '--exec', '--', 'echo', 'ran'],
    ]);
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.equal(program.stdout.text, '');
    for (const session of target.aws.sessions) await session.closed;
  });

  it('needs a program after --, and a program needs --exec', async (t) => {
    const target = await startCommandTarget(t);
    for (const [args, expected] of [
      [['0:80', '--exec'], /There is no program to run\.\nWrite it after --, /],
      [['0:80', '--', 'psql'], /A program after -- needs --exec\.\nAdd --exec /],
    ] as const) {
      const program = startCommand(t, target, ['forward', TARGET, ...args]);
      assert.deepEqual(await program.end(), { status: 255, signal: null });
      assert.match(program.stderr.text, expected);
    }
    assert.deepEqual(target.aws.apiCalls, []);
  });
});
