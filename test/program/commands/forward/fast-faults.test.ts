import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { systemCode } from '../../../../src/lib/errors/system-error.ts';
import {
  closedLocally,
  connectLocally,
  readExactly,
  readToEnd,
} from '../../port/support/local-program.ts';
import { startService, type TargetService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { TARGET } from '../../support/target.ts';
import type { LocalSession } from '../../../local-aws/session/local-session.ts';
import type { SessionOptions } from '../../../local-aws/local-aws.ts';
import { seeded } from '../../../support/random.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { untilEvent } from '../support/forwarding.ts';
import { pathWithout } from '../support/path-without.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

const IDLE_MS = 20 * 60_000;
const CONNECTIONS = 200;
/** More than all windows on the way, so that some of it has not been sent yet while the rest is read. */
const CUT_BYTES = 32 * 1024 * 1024;
const NEXT_BYTES = 1_000_000;

interface Tunnelled {
  readonly program: PipedProgram;
  /** All that were started so far. */
  sessions(): readonly LocalSession[];
  /** Connects through the tunnel. */
  connect(): Promise<Socket>;
  /** Ends the program as a user does. */
  end(): Promise<void>;
}

/** Forwards a port to a service by a fast tunnel. */
async function tunnelTo(
  t: TestContext,
  service: TargetService,
  options: SessionOptions = {},
): Promise<Tunnelled> {
  const target = await startCommandTarget(t, { sessions: options });
  const program = startCommand(t, target, [
    ...['forward', TARGET, '--json', '--fast', `0:${service.port}`],
  ]);
  const { local } = await untilEvent(program, 'listening');
  return {
    program,
    sessions: () => target.aws.sessions,
    connect: () => connectLocally(t, { port: local.port, host: '127.0.0.1' }),
    async end() {
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
    },
  };
}

const startEcho = (t: TestContext): Promise<TargetService> =>
  startService(t, (socket) => socket.pipe(socket));

/** A service that sends each client as many of the bytes as it asks for, then ends. */
function startSending(t: TestContext, bytes: Buffer): Promise<TargetService> {
  return startService(t, (socket) => {
    socket.once('data', (count) => socket.end(bytes.subarray(0, Number(count))));
  });
}

async function echoed(socket: Socket, text: string): Promise<void> {
  socket.write(text);
  assert.equal((await readExactly(socket, text.length)).toString(), text);
}

describe(
  'forward --fast, when something fails',
  { timeout: 170_000, ...needs(LOCALHOST), concurrency: true },
  () => {
    it('notices that a paused session sends nothing any more, and starts both again', async (t) => {
      const tunnelled = await tunnelTo(t, await startEcho(t));
      const socket = await tunnelled.connect();
      await echoed(socket, 'before');
      const [, output] = tunnelled.sessions();
      output?.delayPublication();
      // docs/design/agent.md#separate-output: what comes now ends the agent's loop.
      socket.write('lost');
      await output?.until('the end of the loop', ({ record }) => record.stoppedOutputs > 0);
      output?.releasePublication();
      await closedLocally(socket);
      await echoed(await tunnelled.connect(), 'after');
      assert.equal(tunnelled.sessions().length, 4);
      await tunnelled.end();
    });

    it('brings a download whole or resets it when its connection is cut, and brings the next one whole', (t) =>
      seeded(async (random) => {
        const sent = random.bytes(6_000_000);
        const tunnelled = await tunnelTo(t, await startSending(t, sent));
        const cut = await tunnelled.connect();
        cut.write(String(sent.length));
        const first = await readExactly(cut, NEXT_BYTES);
        for (const session of tunnelled.sessions()) session.cutClient();
        // The agent notices the pause, and stops for good, only between two reads (docs/design/agent.md#separate-output).
        const rest = await readToEnd(cut).catch((error: unknown) => {
          assert.equal(systemCode(error), 'ECONNRESET');
          return undefined;
        });
        assert.ok(rest === undefined || Buffer.concat([first, rest]).equals(sent));
        const next = await tunnelled.connect();
        next.write(String(NEXT_BYTES));
        assert.ok((await readToEnd(next)).equals(sent.subarray(0, NEXT_BYTES)));
        await tunnelled.end();
      }));

    it('brings every byte in both directions while the network loses messages', (t) =>
      seeded(async (random) => {
        const lossy = { loss: 0.02 };
        const faults = { seed: random.below(1 << 30), toClient: lossy, toAgent: lossy };
        const tunnelled = await tunnelTo(t, await startEcho(t), { faults });
        const sent = random.bytes(150_000);
        const socket = await tunnelled.connect();
        socket.end(sent);
        assert.ok((await readToEnd(socket)).equals(sent));
        await tunnelled.end();
        for (const { record } of tunnelled.sessions()) {
          assert.ok(record.resent + record.receivedAgain > 0, 'nothing was lost');
        }
      }));

    it('brings every byte with Perl alone', (t) =>
      seeded(async (random) => {
        const environment = { PATH: pathWithout(t, /^python/) };
        const tunnelled = await tunnelTo(t, await startEcho(t), { agent: { environment } });
        const sent = random.bytes(1_000_000);
        const socket = await tunnelled.connect();
        socket.end(sent);
        assert.ok((await readToEnd(socket)).equals(sent));
        await tunnelled.end();
      }));

    it('resets a download whose session ends in the middle, and goes on listening', (t) =>
      seeded(async (random) => {
        const sent = random.bytes(CUT_BYTES);
        const tunnelled = await tunnelTo(t, await startSending(t, sent));
        const cut = await tunnelled.connect();
        cut.write(String(CUT_BYTES));
        await readExactly(cut, 100_000);
        tunnelled.sessions()[1]?.terminate();
        await assert.rejects(readToEnd(cut), { code: 'ECONNRESET' });
        const next = await tunnelled.connect();
        next.write(String(NEXT_BYTES));
        assert.ok((await readToEnd(next)).equals(sent.subarray(0, NEXT_BYTES)));
        await tunnelled.end();
      }));

    it('starts both sessions again when the service has ended them because they were idle', async (t) => {
      const clock = createVirtualClock();
      const lifetime = { clock, idleMs: IDLE_MS, maximumMs: 3 * IDLE_MS };
      const tunnelled = await tunnelTo(t, await startEcho(t), { lifetime });
      await echoed(await tunnelled.connect(), 'before');
      const ended = Promise.all(tunnelled.sessions().map((session) => session.closed));
      clock.advance(IDLE_MS);
      await ended;
      await echoed(await tunnelled.connect(), 'after');
      assert.equal(tunnelled.sessions().length, 4);
      await tunnelled.end();
    });

    it('leaves nothing on the target when it is killed, a minute later', async (t) => {
      const directory = temporaryDirectory(t);
      const agent = { environment: { TMPDIR: directory } };
      const tunnelled = await tunnelTo(t, await startEcho(t), { agent });
      await echoed(await tunnelled.connect(), 'before');
      tunnelled.program.kill('SIGKILL');
      await tunnelled.program.end();
      const [input, output] = tunnelled.sessions();
      await output?.closed;
      assert.deepEqual(readdirSync(directory), []);
      // The agent keeps what a terminal has shown for its client, until the service gives the session up.
      input?.terminate();
      await input?.closed;
      for (const { record } of tunnelled.sessions()) assert.equal(record.childProcesses, 0);
    });

    it('brings a download whole beside a program that does not read, and then that one, too', (t) =>
      seeded(async (random) => {
        // More than the buffers of the system take.
        const sent = random.bytes(20_000_000);
        const tunnelled = await tunnelTo(t, await startSending(t, sent));
        const slow = await tunnelled.connect();
        slow.write(String(sent.length));
        await once(slow, 'readable');
        const fast = await tunnelled.connect();
        fast.write(String(sent.length));
        assert.ok((await readToEnd(fast)).equals(sent));
        assert.ok((await readToEnd(slow)).equals(sent));
        await tunnelled.end();
      }));

    it(`answers ${CONNECTIONS} connections at once`, (t) =>
      seeded(async (random) => {
        const tunnelled = await tunnelTo(t, await startEcho(t));
        await Promise.all(
          Array.from({ length: CONNECTIONS }, async () => {
            const sent = random.bytes(random.between(1, 10_000));
            const socket = await tunnelled.connect();
            socket.end(sent);
            assert.ok((await readToEnd(socket)).equals(sent));
          }),
        );
        await tunnelled.end();
      }));
  },
);
