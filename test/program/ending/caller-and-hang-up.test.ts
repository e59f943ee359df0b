import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeFifo } from '../../support/fifo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  startCommand,
  startTerminalCommand,
  startCommandTarget,
  type CommandTarget,
} from '../commands/support/run-command.ts';
import { forwardRequest, openedPort } from '../port/support/port-session.ts';
import { openStdio } from '../port/support/stdio-session.ts';
import { startService } from '../port/support/target-service.ts';
import { startTicking, stillForwards } from '../support/ticking-service.ts';
import { outputStalls } from '../support/output-stalls.ts';
import { startPiped, type PipedProgram } from '../support/piped-program.ts';
import { processEnded } from '../support/processes.ts';
import { READY } from '../support/remote-commands.ts';
import { interactiveCommand, openPipedSession, startSession, TARGET } from '../support/target.ts';
import type { TerminalProgram } from '../support/terminal-program.ts';

/** A caller that waits for the program, and prints its process id on stderr. */
const CALLER = ['/bin/sh', '-c', '"$@" & echo $! >&2; wait', 'sh'];
/** The same, for a program in a process session of its own (setsid(1)). */
const SETSID_CALLER = ['/bin/sh', '-c', 'setsid "$@" & echo $! >&2; wait', 'sh'];

/** The local port that `forward` prints on stderr. */
async function forwardedPort(program: PipedProgram): Promise<number> {
  const line = /^127\.0\.0\.1:(\d+) forwards to /m;
  await program.stderr.until('the port', (text) => line.test(text));
  return Number(line.exec(program.stderr.text)?.[1]);
}

/** The process id that {@link CALLER} prints. */
async function calledPid(t: TestContext, program: PipedProgram): Promise<number> {
  const line = /^(\d+)\n/;
  await program.stderr.until('its process id', (text) => line.test(text));
  const pid = Number(line.exec(program.stderr.text)?.[1]);
  t.after(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  });
  return pid;
}

describe('a command whose caller has exited', () => {
  it('goes on, and ends on a signal', async (t) => {
    const service = await startTicking(t);
    const target = await startCommandTarget(t);
    const args = ['forward', TARGET, `0:${service.port}`];
    const program = startCommand(t, target, args, { through: CALLER });
    const pid = await calledPid(t, program);
    const port = await forwardedPort(program);
    program.kill('SIGKILL');
    await stillForwards(t, port);
    process.kill(pid, 'SIGTERM');
    await program.end();
    assert.equal((await target.aws.sessions[0]?.closed)?.by, 'flag');
  });
});

describe('the plugin whose caller has exited', () => {
  it('ends, and reports why', async (t) => {
    const request = interactiveCommand(`printf ${READY}; sleep 600`);
    const { program, session } = await openPipedSession(t, request, { through: CALLER });
    await program.stdout.until('the command', (text) => text.endsWith(READY));
    program.kill('SIGKILL');
    await program.end();
    assert.ok(
      program.stderr.text.endsWith(
        `Session ${session.sessionId} ends: the calling program has ended.\n`,
      ),
    );
  });

  it('goes on when it leads a process session of its own', async (t) => {
    const service = await startTicking(t);
    const { args, session } = await startSession(t, forwardRequest({ port: service.port }));
    const program = startPiped(t, args, { through: SETSID_CALLER });
    const pid = await calledPid(t, program);
    await program.stdout.until('the port', (text) => text.includes('Waiting'));
    program.kill('SIGKILL');
    await stillForwards(t, openedPort(program.stdout.text));
    process.kill(pid, 'SIGTERM');
    await program.end();
    assert.equal((await session.closed).by, 'flag');
  });
});

/** A remote command that waits until the test lets it go, and then ends with status 5. */
function waitingCommand(t: TestContext): { readonly text: string; readonly release: () => void } {
  const fifo = makeFifo(t);
  return {
    text: `printf ${READY}; read x <${fifo}; exit 5`,
    release: () => writeFileSync(fifo, '\n'),
  };
}

describe('SIGHUP without a terminal on any stream, as nohup leaves it', () => {
  it('ends no command of its own', async (t) => {
    const target = await startCommandTarget(t);
    const command = waitingCommand(t);
    const program = startCommand(t, target, ['exec', TARGET, '--', command.text]);
    await program.stdout.until('the command', (text) => text === READY);
    program.kill('SIGHUP');
    command.release();
    assert.deepEqual(await program.end(), { status: 5, signal: null });
    assert.equal(program.stderr.text, '');
  });

  it('ends no command of its own before a session', async (t) => {
    const target = await startCommandTarget(t);
    const held = target.aws.pause('DescribeInstanceInformation');
    const program = startCommand(t, target, ['targets']);
    await held.called;
    program.kill('SIGHUP');
    held.release();
    assert.deepEqual(await program.end(), { status: 0, signal: null });
  });

  it('ends no shell of the plugin', async (t) => {
    const command = waitingCommand(t);
    const { program } = await openPipedSession(t, interactiveCommand(command.text));
    await program.stdout.until('the command', (text) => text.endsWith(READY));
    program.kill('SIGHUP');
    command.release();
    assert.deepEqual(await program.end(), { status: 0, signal: null });
  });

  it('ends no port of the plugin', async (t) => {
    const service = await startTicking(t);
    const { args } = await startSession(t, forwardRequest({ port: service.port }));
    const program = startPiped(t, args);
    await program.stdout.until('the port', (text) => text.includes('Waiting'));
    program.kill('SIGHUP');
    await stillForwards(t, openedPort(program.stdout.text));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
  });

  it('ends the SSH session of the plugin, as OpenSSH ends its ProxyCommand', async (t) => {
    const service = await startService(t, (socket) => socket.write('banner'));
    const { program, session } = await openStdio(t, service.port);
    await program.stdout.until('the banner', (text) => text.endsWith('banner'));
    program.kill('SIGHUP');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal((await session.closed).by, 'flag');
  });

  it('ends ssh-proxy at any time', async (t) => {
    const service = await startService(t, (socket) => socket.write('banner'));
    const target = await startCommandTarget(t);
    const args = ['ssh-proxy', TARGET, String(service.port)];
    const held = target.aws.pause('StartSession');
    const early = startCommand(t, target, args);
    await held.called;
    early.kill('SIGHUP');
    held.release();
    assert.deepEqual(await early.end(), { status: 129, signal: null });
    const late = startCommand(t, target, args);
    await late.stdout.until('the banner', (text) => text === 'banner');
    late.kill('SIGHUP');
    assert.deepEqual(await late.end(), { status: 0, signal: null });
    for (const session of target.aws.sessions) await session.closed;
  });

  it('is survived by a command that nohup has started, when its window is closed', async (t) => {
    const service = await startTicking(t);
    const target = await startCommandTarget(t);
    const output = join(temporaryDirectory(t), 'output');
    writeFileSync(output, '');
    const args = ['forward', TARGET, `0:${service.port}`];
    const program = await startTerminalCommand(t, target, args, {
      through: ['/bin/sh', '-c', `exec nohup "$@" >${output} 2>&1`, 'sh'],
    });
    const session = await target.aws.nextSession();
    await session.until('the program', ({ record }) => record.connections.length > 0);
    const port = await portIn(output);
    program.hangUp();
    await stillForwards(t, port);
    process.kill(program.pid, 'SIGTERM');
    await processEnded(program.pid);
    assert.equal((await session.closed).by, 'flag');
  });
});

const POLL_MS = 20;

/** The local port that a command writes to a file. */
async function portIn(file: string): Promise<number> {
  for (;;) {
    const port = /^127\.0\.0\.1:(\d+) forwards to /m.exec(readFileSync(file, 'utf8'))?.[1];
    if (port !== undefined) return Number(port);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

describe('why a session ends', () => {
  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`is reported: ${signal}, in a terminal`, async (t) => {
      const target = await startCommandTarget(t);
      const program = await startTerminalCommand(t, target, ['shell', TARGET]);
      await program.screen.until('the prompt', (text) => text.endsWith('$ '));
      program.kill(signal);
      assert.equal((await program.end()).status, status);
      assert.match(
        program.screen.text,
        new RegExp(`Session with ${TARGET} ends: ${signal} received\\.\r\n`),
      );
    });
  }

  it('is reported: SIGTERM, without a terminal', async (t) => {
    const command = waitingCommand(t);
    const { program, session } = await openPipedSession(t, interactiveCommand(command.text));
    await program.stdout.until('the command', (text) => text.endsWith(READY));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 143, signal: null });
    assert.equal(program.stderr.text, `Session ${session.sessionId} ends: SIGTERM received.\n`);
  });
});

/** What `yes` writes, whatever the terminals on the way make of its line feeds. */
const FLOOD = /y\r+\ny\r+\n/;

/** Commands whose output fills a terminal that takes no more, and how that is done. */
const STUCK: readonly (readonly [
  string,
  readonly string[],
  (program: TerminalProgram, target: CommandTarget) => Promise<void>,
])[] = [
  [
    'shell',
    ['shell', TARGET],
    async (program, target) => {
      await program.screen.until('the prompt', (text) => text.endsWith('$ '));
      program.type('yes\r');
      await program.screen.until('its output', (text) => FLOOD.test(text));
      program.stopReading();
      const [session] = target.aws.sessions;
      if (session !== undefined) await outputStalls(session);
    },
  ],
  [
    'exec',
    ['exec', TARGET, '--', 'yes'],
    async (program, target) => {
      await program.screen.until('its output', (text) => FLOOD.test(text));
      program.stopReading();
      const [session] = target.aws.sessions;
      if (session !== undefined) await outputStalls(session);
    },
  ],
  [
    'forward, stopped by Ctrl-S',
    ['forward', TARGET, '0:80', '0:81'],
    async (program) => {
      await program.screen.until('the ports', (text) => /127\.0\.0\.1:\d+/.test(text));
      program.type('\x13');
    },
  ],
];

describe('a command of its own whose terminal is stuck', () => {
  for (const [what, args, getStuck] of STUCK) {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      it(`ends on ${signal}: ${what}`, async (t) => {
        const target = await startCommandTarget(t);
        const program = await startTerminalCommand(t, target, args);
        await getStuck(program, target);
        program.kill(signal);
        await processEnded(program.pid);
        for (const session of target.aws.sessions) await session.closed;
      });
    }
  }
});
