import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { createLineLogger } from '../../src/logging/line-logger.ts';

/** The lines of a logger for one message of each level. */
function linesFrom(level: 'trace' | 'warn' | 'critical'): readonly string[] {
  const lines: string[] = [];
  const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) };
  const logger = createLineLogger(level, clock, (line) => lines.push(line));
  for (const name of ['trace', 'debug', 'info', 'warn', 'error'] as const) logger[name](name);
  return lines;
}

describe('the log on stderr', () => {
  it('has the time, the level and the message in each line', () => {
    assert.deepEqual(linesFrom('trace'), [
      '2026-01-02T03:04:05.006Z Trc trace\n',
      '2026-01-02T03:04:05.006Z Dbg debug\n',
      '2026-01-02T03:04:05.006Z Inf info\n',
      '2026-01-02T03:04:05.006Z Wrn warn\n',
      '2026-01-02T03:04:05.006Z Err error\n',
    ]);
  });

  it('omits messages below its level', () => {
    assert.deepEqual(linesFrom('warn'), [
      '2026-01-02T03:04:05.006Z Wrn warn\n',
      '2026-01-02T03:04:05.006Z Err error\n',
    ]);
    assert.deepEqual(linesFrom('critical'), []);
  });

  it('makes one line of a message with several', () => {
    const lines: string[] = [];
    createLineLogger('info', systemClock, (line) => lines.push(line)).info('one\ntwo');
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.split('\n').length, 2);
  });

  it('shows whether debug messages are wanted', () => {
    const ignore = (): void => undefined;
    assert.equal(createLineLogger('debug', systemClock, ignore).debugEnabled, true);
    assert.equal(createLineLogger('info', systemClock, ignore).debugEnabled, false);
  });
});
