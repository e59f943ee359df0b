import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { DASH } from '../../../support/tools.ts';
import { collect, downloaderFrom, type CopySetup } from './support/copy-from.ts';
import { createShellTarget, type ShellTarget, type TestCommand } from './support/shell-target.ts';
import { SHELL, targetShell } from './support/target-shells.ts';

const CONTENT = randomBytes(3_000_001);
const LOST = new Error('the session has ended');

function prepare(t: TestContext, setup: CopySetup = {}) {
  const shell = targetShell(t, SHELL);
  const target = createShellTarget(t, shell);
  const directory = temporaryDirectory(t);
  const downloader = downloaderFrom(target, shell, directory, setup);
  t.after(() => downloader.close());
  const path = join(directory, 'source');
  writeFileSync(path, CONTENT);
  return { target, downloader, path };
}

/** Does something to the first command, or to each, once it has sent this number of bytes. */
function when(
  target: ShellTarget,
  bytes: number,
  act: (command: TestCommand) => void,
  isAffected: (index: number) => boolean = (index) => index === 0,
): void {
  const affected = new Set<TestCommand>();
  target.onOutput = (command) => {
    if (command.sentBytes < bytes || affected.has(command)) return;
    if (!isAffected(target.commands.indexOf(command))) return;
    affected.add(command);
    act(command);
  };
}

describe('a copy whose command stops', needs(DASH), () => {
  for (const [kind, source] of [
    ['file', (path: string) => ({ path, size: CONTENT.length })],
    ['pipe', (path: string) => ({ script: `cat ${path}` })],
  ] as const) {
    it(`continues with a new command when the agent stops reading (${kind})`, async (t) => {
      const clock = createVirtualClock();
      const { target, downloader, path } = prepare(t, { clock });
      when(target, 1_000_000, (command) => {
        command.freeze();
        // In turns, so that what has arrived is taken first.
        setImmediate(() => {
          for (let second = 0; second < 7; second++) clock.advance(1000);
        });
      });
      const copy = collect(source(path));
      await downloader.download(copy.order);
      assert.ok(copy.bytes().equals(CONTENT));
      assert.equal(target.commands.length, 2);
    });

    it(`continues after its session was ended (${kind})`, async (t) => {
      const { target, downloader, path } = prepare(t);
      when(target, 1_000_000, (command) => command.end(LOST));
      const copy = collect(source(path));
      const { sha256 } = await downloader.download(copy.order);
      assert.ok(copy.bytes().equals(CONTENT));
      assert.equal(target.commands.length, 2);
      const hash = createHash('sha256').update(CONTENT).digest('hex');
      assert.equal(sha256, kind === 'pipe' ? hash : undefined);
    });

    it(`continues after the session with the requests was ended (${kind})`, async (t) => {
      const { target, downloader, path } = prepare(t);
      when(target, 1_000_000, () => target.requestSessions[0]?.end(LOST));
      const copy = collect(source(path));
      await downloader.download(copy.order);
      assert.ok(copy.bytes().equals(CONTENT));
      assert.equal(target.requestSessions.length, 2);
    });
  }

  it('runs several with pauses after a cut, and logs that', async (t) => {
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    const { target, downloader, path } = prepare(t, {
      logger: {
        error: note,
        warn: note,
        info: note,
        debug: note,
        trace: note,
        debugEnabled: false,
      },
      maxCommands: 8,
    });
    when(target, 1_000_000, (command) => command.cut());
    const copy = collect({ path, size: CONTENT.length });
    await downloader.download(copy.order);
    assert.ok(copy.bytes().equals(CONTENT));
    // The first one, and 8 after the cut.
    assert.equal(target.commands.length, 9);
    // One session of requests feeds 6 commands.
    assert.equal(target.requestSessions.length, 2);
    assert.match(lines.join('\n'), /with pauses from now on, by 8 commands/);
  });

  it('fails with the last reason when new commands bring nothing', async (t) => {
    const clock = createVirtualClock();
    const { target, downloader, path } = prepare(t, { clock });
    when(
      target,
      1,
      (command) => {
        command.end(LOST);
        setImmediate(() => clock.advance(10_000));
      },
      (index) => index > 0,
    );
    const first = target.onOutput;
    target.onOutput = (command) => {
      if (command === target.commands[0] && command.sentBytes > 300_000) command.end(LOST);
      first(command);
    };
    const copy = collect({ path, size: CONTENT.length });
    setImmediate(() => clock.advance(1));
    const ticking = setInterval(() => clock.advance(1000), 20);
    t.after(() => clearInterval(ticking));
    await assert.rejects(downloader.download(copy.order), LOST);
    assert.equal(target.commands.length, 6);
  });
});

describe('a copy that fails', needs(DASH), () => {
  it('reports why a file cannot be read', async (t) => {
    const { downloader, path } = prepare(t);
    for (const [place, why] of [
      [`${path}/x`, 'Not a directory'],
      ['/proc/self/mem', 'Input/output error'],
      ['/', 'Is a directory'],
    ] as const) {
      const { order } = collect({ path: place, size: 10 });
      await assert.rejects(downloader.download(order), {
        code: 'download-unreadable',
        problem: `Cannot read web:source: ${why}.`,
      });
    }
  });

  it('reports why there is no place for its FIFO', async (t) => {
    const target = createShellTarget(t, targetShell(t, SHELL));
    const downloader = downloaderFrom(target, targetShell(t, SHELL), '/proc');
    const { order } = collect({ path: '/etc/hostname', size: 1 });
    await assert.rejects(downloader.download(order), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot copy web:source, because .* No such file or directory\. /,
      );
      return true;
    });
    await downloader.close();
  });

  it('reports that a file vanished or became shorter meanwhile', async (t) => {
    const { downloader, path, target } = prepare(t);
    when(
      target,
      300_000,
      () => truncateSync(path, 900_000),
      () => true,
    );
    const shorter = collect({ path, size: CONTENT.length });
    await assert.rejects(downloader.download(shorter.order), { code: 'download-changed' });
    writeFileSync(path, CONTENT);
    when(
      target,
      300_000,
      () => rmSync(path),
      () => true,
    );
    const gone = collect({ path, size: CONTENT.length });
    await assert.rejects(downloader.download(gone.order), {
      problem: 'Cannot read web:source: No such file or directory.',
    });
  });

  it('shows the status and the errors of a script', async (t) => {
    const { downloader } = prepare(t);
    const { order } = collect({ script: 'echo some; echo "no such thing" >&2; exit 3' });
    await assert.rejects(downloader.download(order), {
      code: 'download-command-failed',
      problem:
        'Copying web:source failed: a command on the target ended with status 3: no such thing.',
    });
  });

  it('throws what the writing has thrown, and the reason of its signal', async (t) => {
    const { downloader, path, target } = prepare(t);
    const full = new Error('no space left');
    const source = { path, size: CONTENT.length };
    const { order } = collect(source, { write: () => Promise.reject(full) });
    await assert.rejects(downloader.download(order), full);
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    when(
      target,
      1_000_000,
      () => abort.abort(reason),
      () => true,
    );
    const stopped = collect(source, { signal: abort.signal });
    await assert.rejects(downloader.download(stopped.order), reason);
    await downloader.close();
    assert.equal(target.running(), 0);
  });
});
