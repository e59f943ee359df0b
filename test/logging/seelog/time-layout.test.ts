import assert from 'node:assert/strict';
import { it } from 'node:test';

import { compileTimeLayout } from '../../../src/logging/seelog/time-layout.ts';

// 2024-02-05 is a Monday, the 36th day of its year.
const AFTERNOON = Date.UTC(2024, 1, 5, 16, 7, 9, 80);
const MIDNIGHT = Date.UTC(2006, 11, 31, 0, 30, 0, 0);

const utc = (layout: string, time: number): string => compileTimeLayout(layout, 'utc')(time);

function withTimeZone(zone: string, body: () => void): void {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    body();
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
}

const cases: readonly (readonly [layout: string, afternoon: string, midnight: string])[] = [
  ['2006-01-02', '2024-02-05', '2006-12-31'],
  ['15:04:05', '16:07:09', '00:30:00'],
  ['02.01.06', '05.02.24', '31.12.06'],
  ['2.1 _2', '5.2  5', '31.12 31'],
  ['3:4:5PM', '4:7:9PM', '12:30:0AM'],
  ['03:04 pm', '04:07 pm', '12:30 am'],
  ['Mon, Jan 2', 'Mon, Feb 5', 'Sun, Dec 31'],
  ['Monday January', 'Monday February', 'Sunday December'],
  ['002', '036', '365'],
  ['05.000', '09.080', '00.000'],
  ['05,000000', '09,080000', '00,000000'],
  ['05.999', '09.08', '00'],
  ['05.000000000', '09.080000000', '00.000000000'],
  ['MST -0700 -07:00 -07', 'UTC +0000 +00:00 +00', 'UTC +0000 +00:00 +00'],
  ['2006-01-02T15:04:05Z07:00', '2024-02-05T16:07:09Z', '2006-12-31T00:30:00Z'],
  ['at 15 h', 'at 16 h', 'at 00 h'],
  ['', '', ''],
];

for (const [layout, afternoon, midnight] of cases) {
  it(`the layout "${layout}" is read as by Go's time package`, () => {
    assert.equal(utc(layout, AFTERNOON), afternoon);
    assert.equal(utc(layout, MIDNIGHT), midnight);
  });
}

it('local time has the zone of the machine, half hours included', () => {
  withTimeZone('Asia/Kolkata', () => {
    const format = compileTimeLayout('2006-01-02 15:04:05 MST -0700 Z07:00 Z0700', 'local');
    assert.equal(format(AFTERNOON), '2024-02-05 21:37:09 +05 +0530 +05:30 +0530');
  });
});

it('a zone west of Greenwich may be on the previous day', () => {
  withTimeZone('America/St_Johns', () => {
    const format = compileTimeLayout('2006-01-02 15:04 -07:00', 'local');
    assert.equal(format(MIDNIGHT), '2006-12-30 21:00 -03:30');
  });
});
