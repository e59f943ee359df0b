import type { CommandContext } from '../../cli/framework/command-context.ts';
import { printable } from '../../lib/printable.ts';
import type { CreateEngine } from './copy-engine.ts';
import type { PartialOwner } from './local/claimed-partial.ts';
import { lastName, shownPath } from './paths.ts';
import { shownPlace, type Place } from './places.ts';
import type { CopiedItem, CopyReport, CopyResult } from './report/copied-item.ts';

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
  /** How bytes get to a target and back. */
  readonly createEngine: CreateEngine;
  /** Aborted when the user or a fatal error ends the run: nothing is left on either side then. */
  readonly stopped: AbortSignal;
  /** Part of the names of temporary files: random. */
  readonly mark: () => string;
  /** Who writes the partial files of this machine. */
  readonly partialOwner: PartialOwner;
  /** Permission bits that new files of this machine do not get. */
  readonly umask: number;
}

/**
 * Copies each source, one after the other. One that fails is reported, and the others are copied.
 *
 * @param copy - resolves with undefined when the reader of stdout has closed it
 * @returns whether all were copied
 * @throws the reason of the signal that stopped it
 */
export async function copyEach<Source extends Place>(
  { context, report, stopped }: CopyRun,
  { sources, destination }: { readonly sources: readonly Source[]; readonly destination: Place },
  copy: (source: Source, item: CopiedItem) => Promise<CopyResult | undefined>,
): Promise<boolean> {
  let isWhole = true;
  try {
    for (const source of sources) {
      const item = itemOf(source, destination);
      try {
        const result = await copy(source, item);
        if (result !== undefined) report.copied(item, result);
      } catch (error) {
        stopped.throwIfAborted();
        report.failed(item, error);
        context.output.reportError(error);
        isWhole = false;
      }
    }
  } finally {
    report.end();
  }
  return isWhole;
}

function itemOf(source: Place, destination: Place): CopiedItem {
  return {
    source: printable(shownPlace(source)),
    destination: printable(shownPlace(destination)),
    current:
      source.kind === 'stream'
        ? 'stdin'
        : printable(shownPath(lastName(source.path) ?? source.path)),
    total: undefined,
    bytes: 0,
    resumedAt: 0,
  };
}
