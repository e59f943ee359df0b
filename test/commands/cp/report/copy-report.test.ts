import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import type { RenderStatus } from '../../../../src/cli/progress/status-line.ts';
import { CommandError } from '../../../../src/cli/framework/command-context.ts';
import type { CopiedItem, CopyReport } from '../../../../src/commands/cp/report/copied-item.ts';
import { createCopyReport } from '../../../../src/commands/cp/report/copy-report.ts';
import { copyFailures } from '../../../../src/failures/copies/copy.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

const HASH = 'a'.repeat(64);

interface Setup {
  readonly clock: VirtualClock;
  readonly report: CopyReport;
  readonly item: CopiedItem;
  /** The line on the terminal now; empty for none. */
  readonly line: () => string;
  readonly notices: readonly string[];
  readonly printed: readonly string[];
  readonly stdout: PassThrough;
}

function setUp(options: { readonly json: boolean; readonly quiet: boolean }): Setup {
  const clock = createVirtualClock(0);
  let render: RenderStatus | undefined;
  const notices: string[] = [];
  const printed: string[] = [];
  const stdout = new PassThrough();
  const report = createCopyReport({
    clock,
    options,
    output: {
      stdout,
      status: {
        show: (next) => (render = next),
        clear: () => undefined,
        pause: () => () => undefined,
        interrupt: () => undefined,
      },
      notify: (text) => {
        if (!options.quiet) notices.push(text);
      },
      print(text) {
        printed.push(text as string);
        return Promise.resolve();
      },
    },
  });
  const item: CopiedItem = {
    source: 'web:/tmp/f',
    destination: 'f',
    current: 'f',
    total: 4_096,
    bytes: 0,
    resumedAt: 0,
  };
  return { clock, report, item, line: () => render?.(60) ?? '', notices, printed, stdout };
}

describe('what cp shows of a copy', () => {
  it('is a line that changes five times a second, and a line at the end', () => {
    const { clock, report, item, line, notices } = setUp({ json: false, quiet: false });
    report.begin(item);
    item.bytes = 1_024;
    clock.advance(200);
    assert.match(line(), /^f +25 % {2}1\.0 KiB {2}5\.0 KiB\/s {2}0:01 left$/);
    item.bytes = 4_096;
    clock.advance(800);
    report.copied(item, { sha256: HASH, files: undefined });
    assert.equal(line(), '');
    assert.deepEqual(notices, ['Copied web:/tmp/f to f: 4.0 KiB in 0:01 (4.0 KiB/s)']);
    assert.equal(clock.pending, 0);
  });

  it('is nothing with --quiet', () => {
    const { clock, report, item, line, notices } = setUp({ json: false, quiet: true });
    report.begin(item);
    clock.advance(1_000);
    assert.equal(line(), '');
    report.copied(item, { sha256: HASH, files: undefined });
    assert.deepEqual(notices, []);
  });

  it('ends with a failure', () => {
    const { clock, report, item, line } = setUp({ json: false, quiet: false });
    report.begin(item);
    clock.advance(200);
    report.failed(item, new Error('x'));
    assert.equal(line(), '');
    assert.equal(clock.pending, 0);
  });
});

describe('events of cp --json', () => {
  it('are started, progress each second, and copied', () => {
    const { clock, report, item, printed } = setUp({ json: true, quiet: false });
    report.begin(item);
    item.bytes = 2_048;
    clock.advance(1_000);
    item.bytes = 4_096;
    clock.advance(500);
    report.copied(item, { sha256: HASH, files: undefined });
    const about = { source: 'web:/tmp/f', destination: 'f' };
    assert.deepEqual(
      printed.map((line): unknown => JSON.parse(line)),
      [
        { event: 'started', time: '1970-01-01T00:00:00.000Z', ...about, bytes: 0, total: 4_096 },
        {
          event: 'progress',
          time: '1970-01-01T00:00:01.000Z',
          ...about,
          bytes: 2_048,
          total: 4_096,
          current: 'f',
          rate: 2_048,
        },
        {
          event: 'copied',
          time: '1970-01-01T00:00:01.500Z',
          ...about,
          bytes: 4_096,
          total: 4_096,
          seconds: 1.5,
          sha256: HASH,
          files: null,
        },
      ],
    );
  });

  it('end with the failure, its code and its reason', () => {
    const { report, item, printed } = setUp({ json: true, quiet: false });
    report.failed(item, new CommandError(copyFailures['copy-source-missing']('/tmp/f', 'web')));
    const event = JSON.parse(printed[0] ?? '') as { readonly error: object };
    assert.deepEqual(event.error, {
      reason: 'input',
      code: 'copy-source-missing',
      message:
        '"/tmp/f" does not exist on web. Patterns such as *.log are not expanded on a target. To copy several files there, copy their directory with -r.',
    });
  });

  it('leave out progress while stdout is not read', () => {
    const { clock, report, item, printed, stdout } = setUp({ json: true, quiet: false });
    stdout.write(Buffer.alloc(100_000));
    report.begin(item);
    clock.advance(5_000);
    report.copied(item, { sha256: HASH, files: 3 });
    assert.deepEqual(
      printed.map((line) => (JSON.parse(line) as { readonly event: string }).event),
      ['started', 'copied'],
    );
  });
});
