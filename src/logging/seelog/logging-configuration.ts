import type { LevelConstraints } from './level-constraints.ts';
import type { LevelSet } from '../level.ts';
import type { LogFormat } from './log-format.ts';

/** When a log file is rolled. */
export interface RollingRule {
  /** When the file has this many bytes, it is rolled before the next line is written. */
  readonly maxBytes: number;
  /** Number of rolled files that are kept; 0 keeps all of them. */
  readonly maxRolls: number;
}

/** The destination of lines. */
export type LogReceiver =
  | { readonly kind: 'console' }
  | { readonly kind: 'file'; readonly path: string; readonly rolling: RollingRule | undefined };

/** A receiver with its levels, which all filters around it have narrowed. */
export interface LogRoute {
  readonly levels: LevelSet;
  readonly format: LogFormat;
  readonly receiver: LogReceiver;
}

/** The contents of a seelog.xml. */
export interface LoggingConfiguration {
  readonly constraints: LevelConstraints;
  readonly routes: readonly LogRoute[];
  /** What is unknown and was ignored, in sentences for the user who edited the file. */
  readonly notices: readonly string[];
}
