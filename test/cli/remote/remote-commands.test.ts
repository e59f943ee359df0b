import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { Aws } from '../../../src/aws/aws.ts';
import { createRemote, type RemoteCommand } from '../../../src/cli/remote/remote.ts';
import { startCommand } from '../../../src/cli/remote/start-command.ts';
import { startRawCommand } from '../../../src/cli/remote/start-raw-command.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { makeFifo } from '../../support/fifo.ts';
import { pathOfShell, POSIX_SHELLS } from '../../support/posix-shells.ts';
import { seeded } from '../../support/random.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { collect } from './support/collect.ts';
import { startLocalRemote, type LocalRemote } from './support/local-remote.ts';

const NO_INPUT = Readable.from([]);

async function onShell(t: TestContext, shell: (typeof POSIX_SHELLS)[number]): Promise<LocalRemote> {
  return startLocalRemote(t, { agent: { environment: { PATH: pathOfShell(t, shell) } } });
}

describe('a remote command', () => {
  it('has its outputs apart, and its own status', async (t) => {
    const { remote } = await startLocalRemote(t);
    const [stdout, stderr] = [collect(), collect()];
    const command = await startCommand(remote, "echo out; echo 'it''s err' >&2; exit 7", {
      stdout: stdout.stream,
      stderr: stderr.stream,
    });
    assert.deepEqual(await command.ended, { kind: 'exited', status: 7 });
    assert.equal(stdout.bytes().toString(), 'out\n');
    assert.equal(stderr.bytes().toString(), 'its err\n');
  });

  it('runs beside others, each with its own streams', async (t) => {
    const { remote } = await startLocalRemote(t);
    const outputs = Array.from({ length: 12 }, () => collect());
    const commands = await Promise.all(
      outputs.map(({ stream }, i) =>
        startCommand(remote, `echo ${i}`, { stdout: stream, stderr: collect().stream }),
      ),
    );
    for (const command of commands) assert.equal((await command.ended).kind, 'exited');
    assert.deepEqual(
      outputs.map(({ bytes }) => bytes().toString()),
      outputs.map((_, i) => `${i}\n`),
    );
  });

  it('is stopped, and its session has ended on the service', async (t) => {
    const { aws, remote } = await startLocalRemote(t);
    const stdout = collect();
    const command = await startCommand(remote, 'echo begun; sleep 1000', {
      stdout: stdout.stream,
      stderr: collect().stream,
    });
    await stdout.until('begun');
    await command.stop();
    assert.deepEqual(await command.ended, { kind: 'stopped' });
    await aws.sessions[0]?.closed;
  });

  it('is stopped at once while it is being started, and its session ends when there is one', async (t) => {
    const { aws, remote } = await startLocalRemote(t);
    const asked = createDeferred<undefined>();
    const answered = createDeferred<undefined>();
    const calls = await remote.context.aws.calls();
    const startSession: Aws['startSession'] = async (request) => {
      const started = await calls.startSession(request);
      asked.resolve(undefined);
      await answered.promise;
      return started;
    };
    const command = await startCommand(
      createRemote({
        ...remote,
        context: {
          ...remote.context,
          // No time passes.
          clock: createVirtualClock(),
          aws: { ...remote.context.aws, calls: () => Promise.resolve({ ...calls, startSession }) },
        },
      }),
      'true',
      { stdout: collect().stream, stderr: collect().stream },
    );
    await asked.promise;
    await command.stop();
    assert.deepEqual(await command.ended, { kind: 'stopped' });
    answered.resolve(undefined);
    const [session] = aws.sessions;
    assert.deepEqual(await session?.closed, { by: 'api', output: '' });
  });

  it('goes on after a lost connection, and shows since when it has one', async (t) => {
    const { aws, remote } = await startLocalRemote(t);
    const stdout = collect();
    const goOn = makeFifo(t);
    const command = await startCommand(remote, `echo begun; read -r _ < ${goOn}; echo done`, {
      stdout: stdout.stream,
      stderr: collect().stream,
    });
    await stdout.until('begun');
    const since = command.connectedSince;
    assert.notEqual(since, undefined);
    const session = aws.sessions[0] ?? assert.fail();
    session.cutClient();
    // What a command writes while nothing is connected ends the agent's loop for its output.
    await session.until(
      'the next connection',
      ({ record, clientConnected }) => clientConnected && record.connections.length === 2,
    );
    assert.notEqual(command.connectedSince, since);
    writeFileSync(goOn, '\n');
    assert.deepEqual(await command.ended, { kind: 'exited', status: 0 });
    assert.equal(stdout.bytes().toString(), 'begun\ndone\n');
    assert.equal(command.connectedSince, undefined);
  });

  it('ends with the failure of a start that is refused', async (t) => {
    const { remote } = await startLocalRemote(t, { aws: { nodes: [] } });
    const { stream } = collect();
    const command = await startCommand(remote, 'true', { stdout: stream, stderr: stream });
    const end = await command.ended;
    assert.ok(end.kind === 'lost');
    assert.match(end.error.message, /not connected|no managed node|is not/);
  });

  it('is not started when everything is already stopped', async (t) => {
    const { aws, remote, abort } = await startLocalRemote(t);
    abort();
    const { stream } = collect();
    const command = await startCommand(remote, 'true', { stdout: stream, stderr: stream });
    assert.deepEqual(await command.ended, { kind: 'stopped' });
    assert.equal(aws.sessions.length, 0);
  });
});

describe('a raw remote command', () => {
  for (const shell of POSIX_SHELLS) {
    it(`gets every byte as it is, with ${shell.name}`, needs(shell.tool), (t) =>
      seeded(async (random) => {
        const { remote } = await onShell(t, shell);
        const bytes = Buffer.concat([
          // Keys that a terminal acts on, escapes of the program, and what a session type might add.
          Buffer.from('~.\r\n~?\x03\x04\x11\x13\x1a\x1c\x7f\n'),
          Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
          random.bytes(100_000),
        ]);
        const output = collect();
        const count = bytes.length;
        const command = await startRawCommand(
          remote,
          `dd bs=${count} count=1 iflag=fullblock 2>/dev/null | od -An -v -tx1; exit 9`,
          { input: Readable.from([bytes]), output: output.stream },
        );
        assert.deepEqual(await command.ended, { kind: 'exited', status: 9 });
        assert.equal(output.bytes().toString().replace(/\s/g, ''), bytes.toString('hex'));
      }),
    );
  }

  it('has marks of the randomness that it gets', async (t) => {
    const { aws, remote } = await startLocalRemote(t);
    const random = { ...remote.context.random, fill: (buffer: Buffer) => void buffer.fill(0xa7) };
    const command = await startRawCommand(
      createRemote({ ...remote, context: { ...remote.context, random } }),
      'exit 3',
      { input: NO_INPUT, output: collect().stream },
    );
    assert.deepEqual(await command.ended, { kind: 'exited', status: 3 });
    const [text = ''] = aws.sessions[0]?.request.Parameters?.['command'] ?? [];
    assert.ok(text.includes(`r${'a7'.repeat(16)}`), text);
  });

  it('is sent nothing before the target reports that the terminal is raw', async (t) => {
    const directory = temporaryDirectory(t);
    symlinkSync('/bin/sh', join(directory, 'sh'));
    const { aws, remote } = await startLocalRemote(t, {
      agent: { environment: { PATH: directory } },
    });
    const command = await startRawCommand(remote, 'cat', {
      input: Readable.from([Buffer.from('secret')]),
      output: collect().stream,
    });
    const end = await command.ended;
    assert.ok(end.kind === 'lost');
    assert.match(end.error.message, /stty/);
    assert.equal(aws.sessions[0]?.record.inputBytes, 0);
  });

  it('is stopped before it is ready', async (t) => {
    const { aws, remote, abort } = await startLocalRemote(t, {
      agent: { startAfter: new Promise(() => undefined) },
    });
    const starting: Promise<RemoteCommand> = startRawCommand(remote, 'cat', {
      input: NO_INPUT,
      output: collect().stream,
    });
    abort();
    assert.deepEqual(await (await starting).ended, { kind: 'stopped' });
    for (const session of aws.sessions) await session.closed;
  });
});
