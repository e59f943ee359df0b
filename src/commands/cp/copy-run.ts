import type { CommandContext } from '../../cli/framework/command-context.ts';
import type { CopyReport } from './report/copied-item.ts';

/** How files are copied. */
export interface CopyOptions {
  /** `-r`: directories, too. */
  readonly isRecursive: boolean;
  /** `-p`: times, and permissions whatever the umask is. */
  readonly preserves: boolean;
  /** `--resume`: a file that could not be copied whole stays, and the next copy continues it. */
  readonly resumes: boolean;
  /** `--sudo`: as root on the target. */
  readonly sudo: boolean;
  /** Sessions at most. */
  readonly sessions: number;
  /** Bytes a second; undefined for any number. */
  readonly limitRate: number | undefined;
  /** Note for the session history. */
  readonly reason: string | undefined;
}

/** What all copies of one run of `cp` share. */
export interface CopyRun {
  readonly context: CommandContext;
  readonly options: CopyOptions;
  readonly report: CopyReport;
  /** Aborted when the user or a fatal error ends the run: nothing is left on either side then. */
  readonly stopped: AbortSignal;
  /** Part of the names of temporary files: random. */
  readonly mark: () => string;
  /** Permission bits that new files of this machine do not get. */
  readonly umask: number;
}
