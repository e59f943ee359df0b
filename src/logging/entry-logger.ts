import type { Clock } from '../lib/clock.ts';
import { captureCallSite } from './call-site.ts';
import type { LogLevel } from './level.ts';
import { oneLine } from './log-entry.ts';
import type { LogOutputs } from './log-outputs.ts';
import type { Logger } from './logger.ts';

/**
 * A logger that makes entries of messages.
 *
 * @param outputs - returns the current outputs, which may change while the program runs
 */
export function createEntryLogger(clock: Clock, outputs: () => LogOutputs): Logger {
  const log = (level: LogLevel, message: string, method: (message: string) => void): void => {
    const { wanted, needingSite, write } = outputs();
    if (!wanted.has(level)) return;
    write({
      level,
      message: oneLine(message),
      time: clock.now(),
      site: needingSite.has(level) ? captureCallSite(method) : undefined,
    });
  };
  const error = (message: string): void => log('error', message, error);
  const warn = (message: string): void => log('warn', message, warn);
  const info = (message: string): void => log('info', message, info);
  const debug = (message: string): void => log('debug', message, debug);
  const trace = (message: string): void => log('trace', message, trace);
  return {
    error,
    warn,
    info,
    debug,
    trace,
    get debugEnabled() {
      return outputs().wanted.has('debug');
    },
  };
}
