import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeFifo } from '../../support/fifo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { processEnded } from '../support/processes.ts';
import type { PipedProgram } from '../support/piped-program.ts';
import { NO_CREDENTIALS, type Environment } from '../support/program.ts';
import { READY } from '../support/remote-commands.ts';
import { TARGET } from '../support/target.ts';
import { startInTerminal } from '../support/terminal-program.ts';
import { startAccount } from './support/account.ts';
import {
  startCommand,
  startTerminalCommand,
  startCommandTarget,
  withoutWaits,
  type CommandTarget,
} from './support/run-command.ts';

/** Signals and the exit status that a shell gives a program they have ended. */
const ENDINGS = [
  ['SIGINT', 130],
  ['SIGQUIT', 131],
  ['SIGTERM', 143],
  ['SIGUSR1', 138],
] as const;
const ONE_ENDING = ENDINGS.slice(0, 1);

/** Every moment of a command in which it waits for an answer, but that of StartSession. */
const REQUESTS: readonly (readonly [string, readonly string[], string])[] = [
  ['shell looks its target up', ['shell', 'web'], 'DescribeInstanceInformation'],
  ['exec looks its target up', ['exec', 'web', '--', 'id'], 'DescribeInstanceInformation'],
  ['forward looks its target up', ['forward', 'web', '0:80'], 'DescribeInstanceInformation'],
  ['targets lists', ['targets'], 'DescribeInstanceInformation'],
  ['sessions lists', ['sessions'], 'DescribeSessions'],
  ['doctor looks at a target', ['doctor', TARGET], 'GetConnectionStatus'],
];

/** Makes the program report on stderr a signal that arrives while a session is started. */
const LOGGED = ['--log-level', 'info'];

/** Starts the program, and lets the service answer a call only when it has taken a signal. */
async function interruptDuring(
  t: TestContext,
  target: CommandTarget,
  operation: string,
  args: readonly string[],
  signal: NodeJS.Signals,
): Promise<PipedProgram> {
  const held = target.aws.pause(operation);
  const program = startCommand(t, target, [...LOGGED, ...args]);
  await held.called;
  program.kill(signal);
  await program.stderr.until('that it has taken the signal', (text) =>
    text.includes('is no longer needed'),
  );
  held.release();
  return program;
}

function operationsOf({ aws }: Pick<CommandTarget, 'aws'>): readonly string[] {
  return aws.apiCalls.map(({ operation }) => operation);
}

/** A profile whose credentials come from a process that never answers, and a sign that it runs. */
function slowCredentials(t: TestContext): {
  readonly env: Environment;
  readonly asked: Promise<string>;
} {
  const directory = temporaryDirectory(t);
  const fifo = makeFifo(t);
  const script = join(directory, 'credentials');
  const config = join(directory, 'config');
  writeFileSync(script, `#!/bin/sh\necho $$ >${fifo}\nexec sleep 600\n`, { mode: 0o755 });
  writeFileSync(config, `[default]\ncredential_process = ${script}\n`);
  return { env: { ...NO_CREDENTIALS, AWS_CONFIG_FILE: config }, asked: readFile(fifo, 'utf8') };
}

describe('a signal while a command waits for AWS', () => {
  for (const [when, args, operation] of REQUESTS) {
    for (const [signal, status] of args[0] === 'shell' ? ENDINGS : ONE_ENDING) {
      it(`ends it by itself: ${signal} while ${when}`, async (t) => {
        const target = await startCommandTarget(t);
        const held = target.aws.pause(operation);
        const program = startCommand(t, target, args);
        await held.called;
        program.kill(signal);
        assert.deepEqual(await program.end(), { status, signal: null });
        assert.equal(withoutWaits(program.stderr.text), '');
      });
    }
  }

  it('ends it while credentials are resolved, and no session is started', async (t) => {
    const target = await startCommandTarget(t);
    const { env, asked } = slowCredentials(t);
    const program = startCommand(t, target, ['shell', TARGET], { env });
    const credentialProcess = Number(await asked);
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    assert.deepEqual(operationsOf(target), []);
    await processEnded(credentialProcess);
  });

  it('ends it from its first moment on', async (t) => {
    const target = await startCommandTarget(t);
    // As soon as the program listens to the signal, it comes.
    const preload = `data:text/javascript,${encodeURIComponent(
      `process.on('newListener', (event) => event === 'SIGINT' && process.kill(process.pid, event));`,
    )}`;
    const program = startCommand(t, target, ['targets'], {
      env: { NODE_OPTIONS: `--import ${preload}` },
    });
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    assert.equal(program.stdout.text, '');
    assert.equal(withoutWaits(program.stderr.text), '');
  });

  it('ends it though the terminal takes no more of what it prints', async (t) => {
    const nodes = Array.from({ length: 5_000 }, (_, i) => ({
      id: `i-${String(i).padStart(17, '0')}`,
    }));
    const { env } = await startAccount(t, nodes);
    const program = await startInTerminal(t, ['targets'], { env });
    await program.screen.until('the list', (text) => text.includes('PING STATUS'));
    program.stopReading();
    program.kill('SIGTERM');
    await processEnded(program.pid);
  });

  it('ends it when its terminal is closed', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause('DescribeInstanceInformation');
    const program = await startTerminalCommand(t, target, ['shell', 'web']);
    await held.called;
    program.hangUp();
    await processEnded(program.pid);
  });

  it('ends it when it is Ctrl-C in a terminal, which stays as it was', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause('DescribeInstanceInformation');
    const program = await startTerminalCommand(t, target, ['shell', 'web']);
    await held.called;
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
  });
});

describe('a signal while a session is being started', () => {
  for (const [signal, status] of ENDINGS) {
    it(`ends the session that comes nevertheless, and exits with ${status}: ${signal}`, async (t) => {
      const target = await startCommandTarget(t);
      const awaited = target.aws.nextSession();
      const program = await interruptDuring(t, target, 'StartSession', ['shell', TARGET], signal);
      assert.deepEqual(await program.end(), { status, signal: null });
      assert.equal(program.stdout.text, '');
      assert.equal((await (await awaited).closed).by, 'api');
      assert.deepEqual(operationsOf(target), ['StartSession', 'TerminateSession']);
    });
  }

  it('ends the session that carries the input of a command, too', async (t) => {
    const target = await startCommandTarget(t);
    const awaited = target.aws.nextSession();
    const args = ['exec', '-i', TARGET, '--', 'cat'];
    const program = await interruptDuring(t, target, 'StartSession', args, 'SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
    assert.equal((await (await awaited).closed).by, 'api');
    assert.equal(target.aws.sessions.length, 1);
  });

  it('does not wait for a service that never answers', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause('StartSession');
    const program = startCommand(t, target, ['shell', TARGET]);
    await held.called;
    program.kill('SIGINT');
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    assert.equal(withoutWaits(program.stderr.text), '');
  });

  it('ends all of them, when it is several', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['forward', TARGET, '0:80', '0:81'];
    const program = await interruptDuring(t, target, 'StartSession', args, 'SIGINT');
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    for (const session of target.aws.sessions) await session.closed;
  });
});

describe('a signal while doctor tries whether sessions may be started', () => {
  for (const [operation, signal, status] of [
    ['StartSession', 'SIGINT', 130],
    ['TerminateSession', 'SIGTERM', 143],
  ] as const) {
    it(`ends the session that comes nevertheless, once: ${signal} during ${operation}`, async (t) => {
      const target = await startCommandTarget(t);
      const awaited = target.aws.nextSession();
      const program = await interruptDuring(t, target, operation, ['doctor', TARGET], signal);
      assert.deepEqual(await program.end(), { status, signal: null });
      assert.equal((await (await awaited).closed).by, 'api');
      const ends = operationsOf(target).filter((called) => called === 'TerminateSession');
      assert.equal(ends.length, 1);
    });
  }
});

describe('a signal while a session runs', () => {
  it('is the remote side’s', async (t) => {
    const target = await startCommandTarget(t);
    const command = `trap 'echo interrupted; exit 5' INT; echo ${READY}; while :; do sleep 0.05; done`;
    const program = startCommand(t, target, ['exec', TARGET, '--', command]);
    await program.stdout.until('the command', (text) => text.includes(READY));
    program.kill('SIGINT');
    // The agent loses the status of a command that it has signalled.
    assert.deepEqual(await program.end(), { status: 130, signal: null });
    assert.match(program.stdout.text, /^interrupted$/m);
  });
});
