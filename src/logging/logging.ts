import type { Clock } from '../lib/clock.ts';
import { withTimeout } from '../lib/with-timeout.ts';
import { createConfiguredOutputs, NO_OUTPUTS, type Seelog } from './configured-outputs.ts';
import { createEntryLogger } from './entry-logger.ts';
import type { FileState, LogFileSystem } from './file/log-file-system.ts';
import type { Logger } from './logger.ts';
import { CONFIGURATION_VARIABLE, configurationPath } from './seelog/configuration-path.ts';
import { watchConfiguration } from './seelog/configuration-watch.ts';

/** What logging works with. */
export interface LoggingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Where the product is installed; by default the place of its packages. */
  readonly installDirectory?: string | undefined;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  /** Shows a sentence, without a line break, to the user: stderr. */
  readonly warn: (text: string) => void;
  /** Writes the lines of a `<console>` output unchanged to stderr, because stdout belongs to the session. */
  readonly console: (text: string) => void;
  /** Loads the reader of the configuration; only a test passes another. */
  readonly loadSeelog?: () => Promise<Seelog>;
}

/** The program's log. */
export interface Logging {
  /** Never throws and never waits, even when the log cannot be written. */
  readonly logger: Logger;
  /**
   * Ends logging: writes the entries that wait, for {@link CLOSE_MILLISECONDS} at most. Never rejects;
   * further calls wait for the same end.
   */
  readonly close: () => Promise<void>;
}

/** How long the end of the program may wait for the log. */
export const CLOSE_MILLISECONDS = 1000;

/**
 * Starts the program's log, as `seelog.xml` configures it (install guide, "Turn on Session Manager
 * plugin logging"). Without that file this costs one check for it. With it, the file is read in the
 * background, and messages logged until then are kept.
 *
 * Nothing here ends or delays a session: a configuration that cannot be used and a directory that
 * cannot be written are reported in one warning each.
 */
export function createLogging(options: LoggingOptions): Logging {
  const { fs, clock, env, console } = options;
  const loadSeelog = options.loadSeelog ?? (() => import('./seelog/seelog.ts'));
  const path = configurationPath(options);
  const initial = checkAtStart(fs, path);
  const hasConfiguration = initial !== undefined;
  const warn = (sentence: string): void => options.warn(`Logging: ${sentence}.`);
  if (!hasConfiguration && (env[CONFIGURATION_VARIABLE] ?? '') !== '') {
    warn(`${CONFIGURATION_VARIABLE} names ${path}, which does not exist`);
  }

  const sink = { fs, clock, warn, console };
  const outputs = createConfiguredOutputs({ ...sink, path, hasConfiguration, loadSeelog });
  const watch = watchConfiguration({
    path,
    fs,
    clock,
    initial,
    apply: (contents) => outputs.apply(contents),
    removed: () => outputs.removed(),
    unusable: (reason) => outputs.unusable(reason),
  });

  let closed: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    watch.stop();
    const written = watch.started().then(() => outputs.current.close());
    await withTimeout(clock, CLOSE_MILLISECONDS, written, () => undefined);
  };
  return {
    logger: createEntryLogger(clock, () => (closed === undefined ? outputs.current : NO_OUTPUTS)),
    close: () => (closed ??= finish()),
  };
}

function checkAtStart(fs: LogFileSystem, path: string): FileState | undefined {
  try {
    return fs.checkNow(path);
  } catch {
    // In a directory that may not be searched, the file is not visible: logging is off.
    return undefined;
  }
}
