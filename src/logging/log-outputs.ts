import { errorText } from '../lib/errors/error-text.ts';
import { dirname } from 'node:path';

import type { Clock } from '../lib/clock.ts';
import { dependsOnSite, isWanted, mayBeWanted } from './seelog/level-constraints.ts';
import { LOG_LEVELS, type LevelSet } from './level.ts';
import type { LogEntry } from './log-entry.ts';
import { createLogFile, type LogFile, type LogFileAttempt } from './file/log-file.ts';
import type { LogFileSystem } from './file/log-file-system.ts';
import type { LogFormat } from './seelog/log-format.ts';
import type { LoggingConfiguration, LogReceiver } from './seelog/logging-configuration.ts';

/** What the outputs work with. */
export interface LogOutputsOptions {
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  /** Shows a sentence to the user. */
  readonly warn: (sentence: string) => void;
  /** Writes text to stderr as it is. */
  readonly console: (text: string) => void;
}

/** The outputs of a configuration. */
export interface LogOutputs {
  /** Levels of which a message may be written. */
  readonly wanted: LevelSet;
  /** Levels whose entries need the place that logged them. */
  readonly needingSite: LevelSet;
  /** Writes an entry to every output that wants it. */
  readonly write: (entry: LogEntry) => void;
  /**
   * Resolves when everything written so far is on disk or has failed. Failed lines are lost, and their
   * number is reported. Never rejects.
   */
  readonly close: () => Promise<void>;
}

type FileOf = (receiver: LogReceiver & { kind: 'file' }, format: LogFormat) => LogFile;
type Sink = (line: string) => void;

/** Makes outputs of configurations. A file that two configurations share keeps the order of its lines. */
export interface LogOutputsFactory {
  open(configuration: LoggingConfiguration): LogOutputs;
}

/** The entry in place of dropped ones. */
const droppedEntry = (count: number, time: number): LogEntry => ({
  level: 'warn',
  message: `${count} log messages were dropped: they could not be written in time`,
  time,
  site: undefined,
});

const CONSEQUENCES: Readonly<Record<LogFileAttempt, string>> = {
  write: 'the session continues without it',
  roll: 'it grows beyond its limit',
};

/** Starts without an output. */
export function createLogOutputs(options: LogOutputsOptions): LogOutputsFactory {
  const { fs, clock, warn, console } = options;
  const files = new Map<string, LogFile>();
  const reported = new Set<string>();

  const failed = (attempt: LogFileAttempt, path: string, error: unknown): void => {
    const failure = `${attempt} ${dirname(path)}`;
    if (reported.has(failure)) return;
    reported.add(failure);
    const reason = errorText(error);
    warn(`cannot ${attempt} the log file ${path} (${reason}); ${CONSEQUENCES[attempt]}`);
  };

  const fileOf: FileOf = ({ path, rolling }, format) => {
    const droppedLine = (count: number): string => format.render(droppedEntry(count, clock.now()));
    const settings = { rolling, droppedLine };
    const known = files.get(path);
    known?.configure(settings);
    const file = known ?? createLogFile({ path, fs, clock, settings, failed });
    files.set(path, file);
    return file;
  };

  const sinkOf = (receiver: LogReceiver, format: LogFormat): Sink => {
    switch (receiver.kind) {
      case 'console':
        return console;
      case 'file': {
        const file = fileOf(receiver, format);
        return (line) => file.append(line);
      }
    }
  };

  return {
    open: ({ constraints, routes }) => {
      reported.clear();
      const wanted = LOG_LEVELS.filter(
        (level) =>
          mayBeWanted(constraints, level) && routes.some(({ levels }) => levels.has(level)),
      );
      const needingSite = wanted.filter(
        (level) =>
          dependsOnSite(constraints, level) ||
          routes.some(({ levels, format }) => format.needsCallSite && levels.has(level)),
      );
      const sinks = routes.map(({ levels, format, receiver }) => ({
        levels,
        format,
        sink: sinkOf(receiver, format),
      }));
      return {
        wanted: new Set(wanted),
        needingSite: new Set(needingSite),
        write: (entry) => {
          if (!isWanted(constraints, entry.level, entry.site)) return;
          for (const { levels, format, sink } of sinks) {
            if (levels.has(entry.level)) sink(format.render(entry));
          }
        },
        close: async () => {
          const all = [...files.values()];
          await Promise.all(all.map((file) => file.flush()));
          const lost = all.reduce((sum, { unwritten }) => sum + unwritten, 0);
          if (lost > 0) warn(`${lost} log lines are lost: they could not be written`);
        },
      };
    },
  };
}
