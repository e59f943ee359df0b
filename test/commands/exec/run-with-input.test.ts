import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { createRemote } from '../../../src/cli/remote/remote.ts';
import { planExec, type ExecRun } from '../../../src/commands/exec/exec-run.ts';
import { runWithInput } from '../../../src/commands/exec/run-with-input.ts';
import type { LocalAws, LocalSession } from '../../local-aws/local-aws.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { collect, type Collected } from '../../cli/remote/support/collect.ts';
import { startLocalRemote } from '../../cli/remote/support/local-remote.ts';

/** How long the target may take to answer. */
const CONFIRMATION_MS = 10_000;

interface Prepared {
  readonly run: ExecRun;
  readonly aws: LocalAws;
  readonly source: PassThrough;
  readonly stdout: Collected;
  readonly clock: VirtualClock;
  /** Resolves when the target is asked about the input. */
  readonly asking: Promise<undefined>;
}

/** A command of the local target, with an input that the test writes, in a time that the test moves. */
async function prepare(t: TestContext, script: string): Promise<Prepared> {
  const { aws, remote } = await startLocalRemote(t);
  const { context } = remote;
  const { terminal } = context;
  const [source, stdout, clock] = [new PassThrough(), collect(), createVirtualClock()];
  const asking = createDeferred<undefined>();
  const changed = createRemote({
    ...remote,
    context: {
      ...context,
      clock: {
        ...clock,
        after(delay, callback) {
          if (delay === CONFIRMATION_MS) asking.resolve(undefined);
          return clock.after(delay, callback);
        },
      },
      output: { ...context.output, stdout: stdout.stream, messages: collect().stream },
      terminal: {
        ...{ input: source, stdin: false, stdout: false, stderr: false, columns: undefined },
        ...{ line: terminal.line, window: terminal.window },
        inForeground: () => Promise.resolve(false),
        sendsSignals: () => Promise.resolve(false),
        suspend: () => undefined,
      },
    },
  });
  const run = await planExec(changed, script, { shell: undefined, sudo: false, binary: false });
  return { run, aws, source, stdout, clock, asking: asking.promise };
}

/** The session that carries the input has ended, and this side receives nothing about it. */
async function endUnnoticed({ sessions: [session] }: LocalAws): Promise<LocalSession> {
  assert.ok(session !== undefined);
  session.freezeClient();
  session.terminate();
  await session.closed;
  return session;
}

describe('a command that takes the loss of its input for the end', { timeout: 60_000 }, () => {
  it('fails, though it has succeeded before the loss is known here', async (t) => {
    const { run, aws, source, stdout } = await prepare(t, 'head -c 4; wc -c');
    const status = runWithInput(run);
    source.write('some');
    await stdout.until('some');
    const session = await endUnnoticed(aws);
    await stdout.until('0\n');
    await aws.sessions[1]?.closed;
    session.cutClient();
    await assert.rejects(status, { name: 'SessionError' });
  });

  it('fails when the loss is never known here', async (t) => {
    const { run, aws, source, stdout, clock, asking } = await prepare(t, 'head -c 4; wc -c');
    const status = runWithInput(run);
    source.write('some');
    await stdout.until('some');
    await endUnnoticed(aws);
    await Promise.race([asking, status]);
    clock.advance(CONFIRMATION_MS);
    await assert.rejects(status, { name: 'SessionError', code: 'input-cut-off' });
  });

  it('keeps its own status when it has failed', async (t) => {
    const { run, aws, source, stdout, clock, asking } = await prepare(
      t,
      'head -c 4; wc -c; exit 6',
    );
    const status = runWithInput(run);
    source.write('some');
    await stdout.until('some');
    await endUnnoticed(aws);
    await Promise.race([asking, status]);
    clock.advance(CONFIRMATION_MS);
    assert.equal(await status, 6);
  });
});

describe('a command that has its input', { timeout: 60_000 }, () => {
  it('ends at once when it needs no more of an input that waits for more', async (t) => {
    const { run, source, stdout } = await prepare(t, 'head -n 1');
    const status = runWithInput(run);
    source.write('first\nsecond\n');
    assert.equal(await status, 0);
    assert.equal(stdout.bytes().toString(), 'first\n');
  });

  it('ends at once when it has read all of it', async (t) => {
    const { run, source, stdout } = await prepare(t, 'wc -c');
    const status = runWithInput(run);
    source.end(Buffer.alloc(200_000));
    assert.equal(await status, 0);
    assert.equal(stdout.bytes().toString(), '200000\n');
  });
});
