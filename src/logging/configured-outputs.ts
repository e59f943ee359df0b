import type { Clock } from '../lib/clock.ts';
import { createEarlyEntries } from './early-entries.ts';
import type { LogFileSystem } from './file/log-file-system.ts';
import { ALL_LEVELS, NO_LEVELS } from './level.ts';
import type { LogOutputs, LogOutputsFactory } from './log-outputs.ts';
import type * as seelog from './seelog/seelog.ts';

/** The part of logging that is loaded when there is a configuration file. */
export type Seelog = typeof seelog;

/** What configured outputs work with. */
export interface ConfiguredOutputsOptions {
  /** The configuration file, as warnings name it. */
  readonly path: string;
  /** Whether the file exists when the program starts. */
  readonly hasConfiguration: boolean;
  readonly fs: LogFileSystem;
  readonly clock: Clock;
  /** Shows a sentence to the user. */
  readonly warn: (sentence: string) => void;
  /** Writes text to stderr as it is. */
  readonly console: (text: string) => void;
  readonly loadSeelog: () => Promise<Seelog>;
}

/** The outputs that the configuration file names, as it changes. */
export interface ConfiguredOutputs {
  readonly current: LogOutputs;
  /** Uses this configuration. Rejects, and changes nothing, when it cannot. */
  apply(contents: Uint8Array): Promise<void>;
  /** The configuration file was removed. */
  removed(): void;
  /** The configuration file exists and cannot be used. */
  unusable(reason: string): void;
}

/** Outputs that write nothing. */
export const NO_OUTPUTS: LogOutputs = {
  wanted: NO_LEVELS,
  needingSite: NO_LEVELS,
  write: () => undefined,
  close: () => Promise.resolve(),
};

/** `early`: the file is not read yet, and entries are kept until it is. */
interface State {
  readonly kind: 'off' | 'early' | 'configured';
  readonly outputs: LogOutputs;
}

const OFF: State = { kind: 'off', outputs: NO_OUTPUTS };

/** Keeps entries until the configuration is read, if there is one. */
export function createConfiguredOutputs(options: ConfiguredOutputsOptions): ConfiguredOutputs {
  const { path, warn } = options;
  const early = createEarlyEntries();
  const keeping = { ...NO_OUTPUTS, wanted: ALL_LEVELS, needingSite: ALL_LEVELS, write: early.keep };
  let state: State = options.hasConfiguration ? { kind: 'early', outputs: keeping } : OFF;
  let factory: LogOutputsFactory | undefined;
  return {
    get current() {
      return state.outputs;
    },
    async apply(contents) {
      const { readConfiguration, createLogOutputs } = await options.loadSeelog();
      const configuration = readConfiguration(contents);
      factory ??= createLogOutputs(options);
      state = { kind: 'configured', outputs: factory.open(configuration) };
      early.release(state.outputs.write);
      if (configuration.notices.length > 0) {
        warn(`in ${path}, ${configuration.notices.join('; ')}`);
      }
    },
    removed() {
      state = OFF;
    },
    unusable(reason) {
      const isConfigured = state.kind === 'configured';
      if (!isConfigured) state = OFF;
      early.release(NO_OUTPUTS.write);
      const consequence = isConfigured ? 'the previous configuration stays' : 'logging is off';
      warn(`${path} cannot be used (${reason}); ${consequence}`);
    },
  };
}
