import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { WATCH_MILLISECONDS } from '../../src/logging/seelog/configuration-watch.ts';
import type { LogFileSystem } from '../../src/logging/file/log-file-system.ts';
import { createLogging, type Logging, type LoggingOptions } from '../../src/logging/logging.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { edit, readTemplate } from './seelog/templates.ts';
import { trackFileSystem, type TrackedFileSystem } from './file/tracked-file-system.ts';

/** A directory of installation, and the program's log with its warnings. */
export interface LoggingSetup {
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly fs: TrackedFileSystem;
  readonly warnings: readonly string[];
  readonly console: readonly string[];
  /** Writes the configuration file. */
  readonly configure: (text: string) => void;
  readonly start: (options?: Partial<LoggingOptions>) => Logging;
  /** Makes the watch check the configuration once, and waits for the result. */
  readonly check: () => Promise<void>;
  /** Contents of a file in the directory, empty when there is none. */
  readonly read: (name: string) => string;
}

/** The template with logging turned on at a level, and its logs in a directory. */
export function templateFor(directory: string, minlevel: string): string {
  return edit(readTemplate('posix'), 'minlevel="off"', `minlevel="${minlevel}"`).replaceAll(
    '/usr/local/sessionmanagerplugin/logs',
    join(directory, 'logs'),
  );
}

/** A configuration that logs only messages, from a level on, to one file. */
export function plainConfiguration(path: string, minlevel: string): string {
  return `<seelog minlevel="${minlevel}">
    <outputs formatid="plain"><file path="${path}"/></outputs>
    <formats><format id="plain" format="%LEVEL %Msg%n"/></formats>
  </seelog>`;
}

/** Prepares a directory of installation without a configuration. */
export function setUpLogging(t: TestContext, base?: LogFileSystem): LoggingSetup {
  const directory = temporaryDirectory(t);
  // It is compared with the times of files, which come from the machine's clock.
  const clock = createVirtualClock(Date.now());
  const fs = trackFileSystem(base);
  const warnings: string[] = [];
  const console: string[] = [];
  return {
    directory,
    clock,
    fs,
    warnings,
    console,
    configure: (text) => writeFileSync(join(directory, 'seelog.xml'), text),
    start: (options) =>
      createLogging({
        env: {},
        platform: process.platform,
        installDirectory: directory,
        fs,
        clock,
        warn: (text) => void warnings.push(text),
        console: (text) => void console.push(text),
        ...options,
      }),
    check: () => {
      clock.advance(WATCH_MILLISECONDS);
      return fs.idle();
    },
    read: (name) => {
      const path = join(directory, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    },
  };
}
