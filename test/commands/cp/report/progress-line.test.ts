import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CopiedItem } from '../../../../src/commands/cp/report/copied-item.ts';
import { copiedLine, progressLine } from '../../../../src/commands/cp/report/progress-line.ts';
import { clockText, createRate } from '../../../../src/commands/cp/report/rate.ts';
import { cellsOf } from '../../../../src/terminal/cells.ts';

const MIB = 1024 ** 2;

function item(changes: Partial<CopiedItem> = {}): CopiedItem {
  return {
    source: 'web:/var/log/syslog',
    destination: '.',
    current: 'syslog',
    total: 100 * MIB,
    bytes: 25 * MIB,
    resumedAt: 0,
    ...changes,
  };
}

describe('the line that shows a copy', () => {
  it('has the file, per cent, bytes, rate and the time left', () => {
    assert.equal(
      progressLine(item(), 10 * MIB, 80),
      'syslog                                     25 %  25.0 MiB  10.0 MiB/s  0:08 left',
    );
  });

  it('has no per cent while the size is not known', () => {
    assert.equal(
      progressLine(item({ total: undefined }), MIB, 60),
      'syslog                          25.0 MiB  1.0 MiB/s',
    );
  });

  it('has no rate at its beginning', () => {
    assert.match(progressLine(item({ bytes: 0 }), 0, 80), /^syslog +0 % {2}0 B$/);
  });

  it('shows the end of a long name, and fits each width', () => {
    const current = `nginx/${'deep/'.repeat(30)}access.log`;
    for (let columns = 1; columns <= 200; columns++) {
      const line = progressLine(item({ current }), 10 * MIB, columns);
      assert.ok(cellsOf(line) <= columns, `${columns}: ${line}`);
    }
    assert.match(progressLine(item({ current }), MIB, 80), /^….*access\.log {3}25 %/);
  });

  it('leaves out the last columns of a narrow terminal', () => {
    assert.equal(progressLine(item(), 10 * MIB, 40), 'syslog                 25 %  25.0 MiB');
    assert.equal(progressLine(item(), 10 * MIB, 20), 'syslog       25 %');
    assert.equal(progressLine(item(), 10 * MIB, 10), 'syslog');
  });
});

describe('the line about a copy that is done', () => {
  it('has bytes, time and the rate on average', () => {
    assert.equal(
      copiedLine(item({ bytes: 100 * MIB }), 8, undefined),
      'Copied web:/var/log/syslog to .: 100.0 MiB in 0:08 (12.5 MiB/s)',
    );
  });

  it('counts only what was sent for the rate', () => {
    assert.match(
      copiedLine(item({ bytes: 100 * MIB, resumedAt: 60 * MIB }), 4, undefined),
      /100\.0 MiB in 0:04 \(10\.0 MiB\/s\)$/,
    );
  });

  it('has the number of files of a directory', () => {
    assert.match(copiedLine(item({ bytes: 0 }), 1, 312), /: 312 files, 0 B in 0:01 /);
    assert.match(copiedLine(item({ bytes: 0 }), 1, 1), /: 1 file, /);
  });
});

describe('the rate of a copy', () => {
  it('is that of the last three seconds', () => {
    const rate = createRate();
    assert.equal(rate.perSecond(), 0);
    rate.record(0, 0);
    assert.equal(rate.perSecond(), 0);
    rate.record(1_000, 1_000);
    assert.equal(rate.perSecond(), 1_000);
    for (let second = 2; second <= 10; second++) rate.record(second * 1_000, 1_000);
    assert.equal(rate.perSecond(), 0);
  });
});

describe('a time for people', () => {
  it('has minutes and seconds, and hours when it needs them', () => {
    assert.equal(clockText(0), '0:00');
    assert.equal(clockText(6.2), '0:07');
    assert.equal(clockText(75), '1:15');
    assert.equal(clockText(3_723), '1:02:03');
  });
});
