import { randomBytes } from 'node:crypto';
import {
  createDownloader,
  type DownloadOrder,
  type Downloader,
} from '../../../../../src/commands/cp/down/create-downloader.ts';
import { systemClock, type Clock } from '../../../../../src/lib/clock.ts';
import { quoteForShell } from '../../../../../src/lib/quote-for-shell.ts';
import { silentLogger, type Logger } from '../../../../../src/logging/logger.ts';
import type { ShellTarget } from './shell-target.ts';
import type { TargetShell } from './target-shells.ts';

/** What differs from the usual copy of a test. */
export interface CopySetup {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly maxCommands?: number;
  readonly limitRate?: number;
}

/** A downloader from a target of a test. */
export function downloaderFrom(
  target: ShellTarget,
  { tools }: TargetShell,
  directory: string,
  { clock = systemClock, logger = silentLogger, maxCommands = 4, limitRate }: CopySetup = {},
): Downloader {
  return createDownloader({
    sessions: target,
    clock,
    logger,
    tools,
    directory,
    maxCommands,
    limitRate,
    freeWritten: () => undefined,
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  });
}

/** A copy whose bytes are collected. */
export interface CollectedCopy {
  readonly order: DownloadOrder;
  bytes(): Buffer;
}

/** An order for a file, or for the output of a script. */
export function collect(
  source: { readonly path: string; readonly size: number } | { readonly script: string },
  own: Partial<Pick<DownloadOrder, 'from' | 'signal' | 'write'>> = {},
): CollectedCopy {
  const chunks: Buffer[] = [];
  return {
    order: {
      title: 'web:source',
      source:
        'script' in source
          ? { kind: 'pipe', script: source.script }
          : { kind: 'file', setPath: `f=${quoteForShell(source.path)}`, size: source.size },
      sudo: false,
      from: own.from ?? 0,
      signal: own.signal ?? new AbortController().signal,
      async write(bytes) {
        await own.write?.(bytes);
        chunks.push(Buffer.from(bytes));
      },
    },
    bytes: () => Buffer.concat(chunks),
  };
}
