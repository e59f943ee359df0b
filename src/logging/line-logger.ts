import type { Clock } from '../lib/clock.ts';
import { LEVEL_ABBREVIATIONS, LOG_LEVELS, type LogLevel } from './level.ts';
import { oneLine } from './log-entry.ts';
import type { Logger } from './logger.ts';

/**
 * A log in plain lines to read at once: time (UTC, RFC 3339), level, message.
 *
 * @param least - the lowest level that is written
 * @param write - writes a line with its line break to stderr
 */
export function createLineLogger(
  least: LogLevel,
  clock: Clock,
  write: (line: string) => void,
): Logger {
  const lowest = LOG_LEVELS.indexOf(least);
  const isWanted = (level: LogLevel): boolean => LOG_LEVELS.indexOf(level) >= lowest;
  const at =
    (level: LogLevel) =>
    (message: string): void => {
      if (!isWanted(level)) return;
      const time = new Date(clock.now()).toISOString();
      write(`${time} ${LEVEL_ABBREVIATIONS[level]} ${oneLine(message)}\n`);
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
    debugEnabled: isWanted('debug'),
  };
}
