import type { LevelConstraints } from './level-constraints.ts';
import type { LevelSet } from '../level.ts';
import type { LogFormat } from './log-format.ts';

/** When a log file is put aside for a new one. */
export interface RollingRule {
  /** Bytes from which on the file is rolled before the next line is written. */
  readonly maxBytes: number;
  /** Rolled files that are kept; 0 keeps them all. */
  readonly maxRolls: number;
}

/** Where lines go. */
export type LogReceiver =
  | { readonly kind: 'console' }
  | { readonly kind: 'file'; readonly path: string; readonly rolling: RollingRule | undefined };

/** One way from a message to a receiver, with all filters around it taken into account. */
export interface LogRoute {
  readonly levels: LevelSet;
  readonly format: LogFormat;
  readonly receiver: LogReceiver;
}

/** What a seelog.xml says. */
export interface LoggingConfiguration {
  readonly constraints: LevelConstraints;
  readonly routes: readonly LogRoute[];
  /** What was not understood and left out, in sentences for the person who edited the file. */
  readonly notices: readonly string[];
}
