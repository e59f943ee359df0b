import type { Clock } from '../lib/clock.ts';
import { withTimeout } from '../lib/with-timeout.ts';
import { captureCallSite } from './call-site.ts';
import { CONFIGURATION_VARIABLE, configurationPath } from './seelog/configuration-path.ts';
import { watchConfiguration } from './seelog/configuration-watch.ts';
import { createEarlyEntries } from './early-entries.ts';
import { ALL_LEVELS, NO_LEVELS, type LogLevel } from './level.ts';
import { oneLine } from './log-entry.ts';
import type { FileState, LogFileSystem } from './file/log-file-system.ts';
import type { LogOutputs } from './log-outputs.ts';
import type { Logger } from './logger.ts';
import type * as seelog from './seelog/seelog.ts';

/** The part of logging that is loaded when there is a configuration file. */
export type Seelog = typeof seelog;

/** What logging works with. */
export interface LoggingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Where the product is installed, when that is known better than by default. */
  readonly installDirectory?: string | undefined;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  /** Shows a sentence, without a line break, to the person: stderr. */
  readonly warn: (text: string) => void;
  /** Writes the lines of a `<console>` output, as they are: stderr, for stdout is the session's. */
  readonly console: (text: string) => void;
  /** Loads the reader of the configuration; only a test hands in another. */
  readonly loadSeelog?: () => Promise<Seelog>;
}

/** The program's log. */
export interface Logging {
  /** Never throws and never waits, whatever becomes of the log. */
  readonly logger: Logger;
  /**
   * Ends logging: writes what waits, for {@link CLOSE_MILLISECONDS} at most. Never rejects; further
   * calls wait for the same end.
   */
  readonly close: () => Promise<void>;
}

/** How long the end of the program may wait for the log. */
export const CLOSE_MILLISECONDS = 1000;

const OFF: LogOutputs = {
  wanted: NO_LEVELS,
  needingSite: NO_LEVELS,
  write: () => undefined,
  close: () => Promise.resolve(),
};

function lookAtStart(fs: LogFileSystem, path: string): FileState | undefined {
  try {
    return fs.lookNow(path);
  } catch {
    // A directory that may not be searched hides whatever lies in it: logging is off.
    return undefined;
  }
}

/**
 * Starts the program's log, as `seelog.xml` says (install guide, "Turn on Session Manager plugin
 * logging"). Without that file this costs one look for it. With it, the file is read behind the
 * program's back, and messages logged until then are kept.
 *
 * Nothing here ends or delays a session: a configuration that cannot be used and a directory that
 * cannot be written are told in one warning each.
 */
export function createLogging(options: LoggingOptions): Logging {
  const { fs, clock, env } = options;
  const loadSeelog = options.loadSeelog ?? (() => import('./seelog/seelog.ts'));
  const path = configurationPath(options);
  const initial = lookAtStart(fs, path);
  const early = createEarlyEntries();
  let outputs: LogOutputs =
    initial === undefined
      ? OFF
      : { wanted: ALL_LEVELS, needingSite: ALL_LEVELS, write: early.keep, close: OFF.close };
  let isConfigured = false;
  let closed: Promise<void> | undefined;

  const warn = (sentence: string): void => options.warn(`Logging: ${sentence}.`);
  if (initial === undefined && (env[CONFIGURATION_VARIABLE] ?? '') !== '') {
    warn(`${CONFIGURATION_VARIABLE} names ${path}, which is not there`);
  }

  const sink = { fs, clock, warn, console: options.console };
  let factory: ReturnType<Seelog['createLogOutputs']> | undefined;

  const watch = watchConfiguration({
    path,
    fs,
    clock,
    initial,
    apply: async (contents) => {
      const { readConfiguration, createLogOutputs } = await loadSeelog();
      const configuration = readConfiguration(contents);
      factory ??= createLogOutputs(sink);
      outputs = factory.open(configuration);
      isConfigured = true;
      early.release(outputs.write);
      if (configuration.notices.length > 0) {
        warn(`in ${path}, ${configuration.notices.join('; ')}`);
      }
    },
    removed: () => {
      outputs = OFF;
      isConfigured = false;
    },
    unusable: (reason) => {
      if (!isConfigured) outputs = OFF;
      early.release(OFF.write);
      const consequence = isConfigured ? 'the previous configuration stays' : 'logging is off';
      warn(`${path} cannot be used (${reason}); ${consequence}`);
    },
  });

  const note = (level: LogLevel, message: string, method: (message: string) => void): void => {
    if (closed !== undefined || !outputs.wanted.has(level)) return;
    outputs.write({
      level,
      message: oneLine(message),
      time: clock.now(),
      site: outputs.needingSite.has(level) ? captureCallSite(method) : undefined,
    });
  };
  const error = (message: string): void => note('error', message, error);
  const warning = (message: string): void => note('warn', message, warning);
  const info = (message: string): void => note('info', message, info);
  const debug = (message: string): void => note('debug', message, debug);
  const trace = (message: string): void => note('trace', message, trace);

  const finish = async (): Promise<void> => {
    watch.stop();
    const written = watch.started().then(() => outputs.close());
    await withTimeout(clock, CLOSE_MILLISECONDS, written, () => undefined);
  };

  return {
    logger: {
      error,
      warn: warning,
      info,
      debug,
      trace,
      get debugEnabled() {
        return closed === undefined && outputs.wanted.has('debug');
      },
    },
    close: () => (closed ??= finish()),
  };
}
