import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LocalAws, LocalSession } from '../../local-aws/local-aws.ts';
import { startPiped } from '../support/piped-program.ts';
import { startSession } from '../support/target.ts';
import { startInTerminal } from '../support/terminal-program.ts';
import type { Transcript } from '../support/transcript.ts';
import {
  closedLocally,
  connectLocally,
  readExactly,
  refusesConnections,
} from './support/local-program.ts';
import { BASIC_AGENT, forwardRequest, openedPort } from './support/port-session.ts';
import { startService, type TargetService } from './support/target-service.ts';

/** Ways to end a session, each with a program that runs in its own environment. */
interface Running {
  readonly output: Transcript;
  /** The end of a line in the output. */
  readonly newline: string;
  /** Ends the session; resolves with the exit status, where a process can read it. */
  leave(): Promise<number | undefined>;
}

type Start = (t: TestContext, args: readonly string[]) => Promise<Running>;

/** The AWS CLI starts the program with these signals ignored. */
const IGNORED_SIGNALS = ['/bin/sh', '-c', 'trap "" INT QUIT TSTP; exec "$@"', 'sh'];
/** A parent that keeps running, and does not use the streams of its child. */
const PARENT = ['/bin/sh', '-c', '"$@" & wait', 'sh'];

const inTerminal =
  (keys: string, through: readonly string[] = []): Start =>
  async (t, args) => {
    const program = await startInTerminal(t, args, { through });
    return {
      output: program.screen,
      newline: '\r\n',
      async leave() {
        program.type(keys);
        return (await program.end()).status;
      },
    };
  };

const bySignal =
  (signal: NodeJS.Signals, through: readonly string[] = []): Start =>
  (t, args) => {
    const program = startPiped(t, args, { through });
    return Promise.resolve({
      output: program.stdout,
      newline: '\n',
      async leave() {
        program.kill(signal);
        return (await program.end()).status ?? undefined;
      },
    });
  };

const bySignalInTerminal =
  (signal: NodeJS.Signals): Start =>
  async (t, args) => {
    const program = await startInTerminal(t, args);
    return {
      output: program.screen,
      newline: '\r\n',
      async leave() {
        program.kill(signal);
        return (await program.end()).status;
      },
    };
  };

const byParentsDeath: Start = (t, args) => {
  const program = startPiped(t, args, { through: PARENT });
  return Promise.resolve({
    output: program.stdout,
    newline: '\n',
    async leave() {
      program.kill('SIGKILL');
      // Resolves when the program has closed its streams, too.
      await program.end();
      return undefined;
    },
  });
};

const byHangUp: Start = async (t, args) => {
  const program = await startInTerminal(t, args);
  return {
    output: program.screen,
    newline: '\r\n',
    leave() {
      program.hangUp();
      return Promise.resolve(undefined);
    },
  };
};

interface Opened {
  readonly aws: LocalAws;
  readonly session: LocalSession;
  readonly running: Running;
  readonly service: TargetService;
  readonly localPort: number;
}

async function open(t: TestContext, start: Start, version = '3.3.0.0'): Promise<Opened> {
  const service = await startService(t, (socket) => socket.pipe(socket));
  const wish = { port: service.port, agent: { version } };
  const { aws, session, args } = await startSession(t, forwardRequest(wish));
  const running = await start(t, args);
  await running.output.until('the port', (text) => /Waiting for connections...\r?\n/.test(text));
  return { aws, session, running, service, localPort: openedPort(running.output.text) };
}

const WAYS: readonly (readonly [string, Start])[] = [
  ['Ctrl-C in a terminal', inTerminal('\x03')],
  ['Ctrl-C with signals ignored by the caller', inTerminal('\x03', IGNORED_SIGNALS)],
  ['Ctrl-\\ in a terminal', inTerminal('\x1c')],
  ['SIGINT', bySignal('SIGINT')],
  ['SIGINT ignored by the caller', bySignal('SIGINT', IGNORED_SIGNALS)],
  ['SIGTERM', bySignal('SIGTERM')],
  ['SIGHUP in a terminal', bySignalInTerminal('SIGHUP')],
  ['the death of its parent', byParentsDeath],
  ['the loss of its terminal', byHangUp],
];

describe('a port session ends completely', () => {
  for (const [name, start] of WAYS) {
    it(`on ${name}`, async (t) => {
      const { session, running, service, localPort } = await open(t, start);
      const sockets = await Promise.all(
        Array.from({ length: 3 }, () => connectLocally(t, { host: '127.0.0.1', port: localPort })),
      );
      for (const socket of sockets) {
        socket.write('hello');
        assert.equal((await readExactly(socket, 5)).toString(), 'hello');
      }
      assert.equal(service.connections.size, 3);
      const status = await running.leave();
      assert.ok(status === 0 || status === undefined, `exit status ${status ?? ''}`);
      assert.deepEqual(await session.closed, { by: 'flag', output: '' });
      assert.equal(session.record.targetConnections, 0);
      await Promise.all(sockets.map(closedLocally));
      assert.ok(await refusesConnections({ host: '127.0.0.1', port: localPort }));
    });
  }
});

describe('the output of a port session at its end', () => {
  for (const [name, start] of [
    ['Ctrl-C in a terminal', inTerminal('\x03')],
    ['SIGTERM', bySignal('SIGTERM')],
    ['the death of its parent', byParentsDeath],
  ] as const) {
    it(`on ${name}`, async (t) => {
      const { session, running, localPort } = await open(t, start);
      await running.leave();
      const { sessionId } = session;
      // The terminal echoes the key, and the text begins below.
      const echo = name.startsWith('Ctrl-C') ? '^C\n' : '';
      assert.equal(
        running.output.text.replaceAll(running.newline, '\n'),
        `\nStarting session with SessionId: ${sessionId}\n` +
          `Port ${localPort} opened for sessionId ${sessionId}.\nWaiting for connections...\n` +
          `${echo}Terminate signal received, exiting.\n` +
          `\n\nExiting session with sessionId: ${sessionId}.\n\n`,
      );
    });
  }

  for (const [name, output, text] of [
    ['without a reason', '', (id: string) => `\n\nExiting session with sessionId: ${id}.\n\n`],
    ['with one', 'Stopped.', (id: string) => `\n\nSessionId: ${id} : Stopped.\n\n`],
  ] as const) {
    it(`when the service ends it ${name}`, async (t) => {
      const service = await startService(t, (socket) => socket.pipe(socket));
      const { session, args } = await startSession(t, forwardRequest({ port: service.port }));
      const program = startPiped(t, args);
      await program.stdout.until('the port', (text) => text.includes('Waiting'));
      const localPort = openedPort(program.stdout.text);
      const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
      session.terminate(output);
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.ok(program.stdout.text.endsWith(text(session.sessionId)), program.stdout.text);
      await closedLocally(socket);
    });
  }
});

describe('how the service receives the end', () => {
  it('by the flag, without an API call, from agents above 2.3.722.0', async (t) => {
    for (const version of ['2.3.722.1', BASIC_AGENT, '3.3.0.0']) {
      const { aws, session, running } = await open(t, bySignal('SIGINT'), version);
      assert.equal(await running.leave(), 0);
      assert.equal((await session.closed).by, 'flag', version);
      assert.deepEqual(session.record.flags, [2], version);
      assert.equal(aws.apiCalls.length, 0, version);
    }
  });

  it('by the API for agents up to 2.3.722.0', async (t) => {
    const { aws, session, running } = await open(t, bySignal('SIGINT'), '2.3.722.0');
    assert.equal(await running.leave(), 0);
    assert.equal((await session.closed).by, 'api');
    assert.deepEqual(session.record.flags, []);
    assert.deepEqual(
      aws.apiCalls.map(({ operation }) => operation),
      ['TerminateSession'],
    );
  });

  it('by the API when the connection is lost at that moment', async (t) => {
    const { session, running } = await open(t, bySignal('SIGINT'));
    session.setGateway('down');
    session.cutClient();
    await session.until('an attempt to resume', ({ record }) => record.resumeCalls > 0);
    assert.equal(await running.leave(), 0);
    assert.equal((await session.closed).by, 'api');
  });
});

describe('a signal in the middle of bulk data', () => {
  for (const direction of ['up', 'down'] as const) {
    it(`ends the session: ${direction}`, async (t) => {
      const endless = Buffer.alloc(64 * 1024 * 1024, 'x');
      const service = await startService(t, (socket) => {
        socket.resume();
        if (direction === 'down') socket.end(endless);
      });
      const { session, args } = await startSession(t, forwardRequest({ port: service.port }));
      const program = startPiped(t, args);
      await program.stdout.until('the port', (text) => text.includes('Waiting'));
      const localPort = openedPort(program.stdout.text);
      const socket = await connectLocally(t, { host: '127.0.0.1', port: localPort });
      socket.resume();
      if (direction === 'up') socket.write(endless);
      await session.until('it flows', ({ record }) => record.inputBytes + record.outputBytes > 1e6);
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.equal((await session.closed).by, 'flag');
      assert.equal(session.record.targetConnections, 0);
      await closedLocally(socket);
    });
  }
});
