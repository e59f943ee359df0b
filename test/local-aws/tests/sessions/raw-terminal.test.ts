import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { isRunning, processEnded } from '../../../program/support/processes.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX } from '../../../support/tools.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { MAX_CATCH_UP_MS, READ_PERIOD_MS } from '../../agent/channel/pace.ts';
import type { LocalAws, LocalSession, SessionOptions } from '../../local-aws.ts';
import type { RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

/** Each byte, in pieces that a message holds. */
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
/** More than a terminal takes while nothing reads it: 4095 bytes and the buffers before them. */
const MORE_THAN_FITS = 256 * 1024;

// docs/design/agent.md#commands and docs/design/agent.md#text; executeCommandsWithPty of the agent's shell.go.
describe('an interactive command of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;

  startForEachTest((started) => ({ aws, client } = started));

  const start = async (
    command: string,
    options?: SessionOptions,
    target = 'i-0123456789abcdef0',
  ): Promise<LocalSession> => {
    const response = await aws.startSession(
      {
        Target: target,
        DocumentName: 'AWS-StartInteractiveCommand',
        Parameters: { command: [command] },
      },
      options,
    );
    await client.connect(response);
    return aws.session(response.SessionId);
  };
  const send = (bytes: Buffer): void => {
    for (let offset = 0; offset < bytes.length; offset += 1024) {
      client.send(PayloadType.Output, bytes.subarray(offset, offset + 1024));
    }
  };

  for (const [name, dd, tools] of [
    ['the system', 'dd', []],
    ['BusyBox', 'busybox dd', [BUSYBOX]],
  ] as const) {
    it(
      `reads exactly what is sent once its terminal is raw, with dd of ${name}`,
      needs(...tools),
      async (t) => {
        const file = join(temporaryDirectory(t), 'file');
        const bytes = Buffer.concat(Array.from({ length: 1000 }, () => EVERY_BYTE));
        const read = (part: string, length: number): string =>
          `${dd} bs=${length} count=1 iflag=fullblock of=${file}.${part} 2>/dev/null`;
        const session = await start(
          `stty raw -echo; echo ready; ${read('a', bytes.length - 1)}; ${read('b', 1)}; echo read`,
        );
        await client.until('the terminal is raw', () => client.output() === 'ready\n');
        send(bytes);
        await session.closed;
        assert.equal(client.output(), 'ready\nread\n');
        const got = Buffer.concat([readFileSync(`${file}.a`), readFileSync(`${file}.b`)]);
        const digest = (of: Buffer): string => createHash('sha256').update(of).digest('hex');
        assert.equal(digest(got), digest(bytes));
      },
    );
  }

  it('acknowledges no more input than its terminal has taken', async (t) => {
    const go = makeFifo(t);
    const session = await start(
      `stty raw -echo; echo ready; read -r _ < ${go}; head -c ${MORE_THAN_FITS} | wc -c`,
    );
    await client.until('the terminal is raw', () => client.output() === 'ready\n');
    send(Buffer.alloc(MORE_THAN_FITS));
    await session.until('the agent waits', () => session.record.receivingPaused);
    assert.ok(client.acknowledged.size < MORE_THAN_FITS / 1024);
    writeFileSync(go, '\n');
    await session.closed;
    assert.equal(client.output(), `ready\n${MORE_THAN_FITS}\n`);
    assert.equal(client.acknowledged.size, MORE_THAN_FITS / 1024);
  });

  it('is read 1 s after its start, in pieces of 1024 bytes, at the pace of the agent', async () => {
    const clock = createVirtualClock();
    const script = `stty -opost; head -c ${30 * 1024} /dev/zero | tr '\\0' x; read -r _`;
    const session = await start(script, { agent: { clock, terminalPacing: true } });
    const pieces = (): number => client.stream.length;
    await session.until('the command runs', () => session.record.childProcesses === 1);
    clock.advance(999);
    assert.equal(session.record.sent, 0);
    clock.advance(1);
    // The pace makes up for late timers, and so for what could have been read before.
    for (let late = MAX_CATCH_UP_MS; late < 2 * MAX_CATCH_UP_MS; late++) {
      const allowed = Math.floor(late / READ_PERIOD_MS) + 1;
      await client.until(`${allowed} pieces`, () => pieces() === allowed);
      clock.advance(1);
    }
    assert.ok(client.stream.every(({ payload }) => payload.length <= 1024));
  });

  // Tried with the agent 3.3: docs/design/agent.md#ended-by-the-service.
  describe('that the service ends', () => {
    /** A script whose second process has a child of its own and cleans up when its terminal hangs up. */
    const withTrap = (t: TestContext): { script: string; removed: string } => {
      const removed = join(temporaryDirectory(t), 'partial');
      const inner = `trap 'rm -f ${removed}; exit' HUP; echo trap; while :; do sleep 0.05; done`;
      writeFileSync(removed, 'partial');
      return { script: `echo first $$; sh -c "${inner}"; echo after`, removed };
    };

    it('loses its first process by SIGKILL, and gives the rest SIGHUP', async (t) => {
      const { script, removed } = withTrap(t);
      const session = await start(script);
      await client.until('the trap is set', () => client.output().includes('trap'));
      session.terminate();
      await session.closed;
      assert.equal(session.record.childProcesses, 0);
      assert.ok(!existsSync(removed));
      assert.ok(!client.output().includes('after'));
      await processEnded(Number(/first (\d+)/.exec(client.output())?.[1]));
    });

    it('leaves what ignores SIGHUP until the target itself ends', async () => {
      const session = await start(`trap '' HUP; sh -c 'echo child $$; exec sleep 600' & wait`);
      await client.until('the child', () => /child \d+\r/.test(client.output()));
      const pid = Number(/child (\d+)\r/.exec(client.output())?.[1]);
      session.terminate();
      await session.closed;
      assert.ok(isRunning(pid));
      await aws.close();
      assert.ok(!isRunning(pid));
    });
  });

  it('hangs up on what it has started when it ends by itself', async () => {
    const session = await start(`sh -c 'echo child $$; exec sleep 600' & sleep 0.1; exit`);
    await session.closed;
    await processEnded(Number(/child (\d+)\r/.exec(client.output())?.[1]));
  });

  // StartCommandExecutor of the agent's shell_unix.go, in ContainerMode.
  describe('in an ECS container', () => {
    const TARGET = 'ecs:cluster_task_runtime';

    it('is executed in no shell', async () => {
      const session = await start('echo a && echo $HOME', undefined, TARGET);
      await session.closed;
      assert.equal(client.output(), 'a && echo $HOME\r\n');
    });

    it('can be a shell with a script', async () => {
      const session = await start(
        `sh -c 'stty -opost; echo "$((6 * 7))" && tty -s'`,
        undefined,
        TARGET,
      );
      await session.closed;
      assert.equal(client.output(), '42\n');
    });

    for (const [command, reason] of [
      [
        'no-such-program x',
        'Failed to start pty: exec: "no-such-program": executable file not found in $PATH',
      ],
      [`echo "it's`, 'Failed to parse commands input: EOF found when expecting closing quote'],
    ] as const) {
      it(`ends with a reason when it is ${JSON.stringify(command)}`, async () => {
        const clock = createVirtualClock();
        const session = await start(command, { agent: { clock } }, TARGET);
        clock.advance(2_000);
        const { output } = await session.closed;
        assert.equal(output, `\n----------ERROR-------\nUnable to start command: ${reason}\n\n`);
        assert.equal(client.stream.length, 0);
      });
    }
  });
});
