import { CommandError } from '../../../cli/framework/command-context.ts';
import { downloadFailures } from '../../../failures/copies/download.ts';
import { SMALL_BYTES } from './inspection/inspect-script.ts';
import type { Inspection, InspectionHost } from './inspection/inspection-attempt.ts';
import { runInspection, type InspectionRun } from './inspection/inspection-run.ts';
import { lastError } from './losses.ts';

/** What a source is. Links are followed. */
export type InspectedSource =
  | InspectedFile
  | { readonly kind: 'directory'; readonly mode: number; readonly modifiedAt: number }
  /** Nothing has this name. */
  | { readonly kind: 'missing' }
  /** A socket, a device or a FIFO. */
  | { readonly kind: 'other' };

/** A file. Both hashes are in hexadecimal, and arrive while it may be copied already. */
export interface InspectedFile {
  readonly kind: 'file';
  /** In bytes. Of a small file what it really has: files of Linux such as those in /sys report more. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly modifiedAt: number;
  /** All of a small file, when it is asked for; undefined for others. */
  readonly content: Promise<Buffer | undefined>;
  /** Of the first `prefix` bytes; undefined when it does not have that many, or none are asked for. */
  readonly prefixSha256: Promise<string | undefined>;
  /** Of its first `size` bytes. */
  readonly sha256: Promise<string>;
  /** Ends the command that computes them. Resolves when its session has ended. */
  stop(): Promise<void>;
}

/**
 * Finds out by one command what a source is, and the SHA-256 of a file. When it throws, its session has ended.
 *
 * @throws CommandError when it cannot be read; AwsError, SessionError when the target cannot be asked
 */
export async function inspectPath(
  inspection: Inspection,
  host: InspectionHost,
): Promise<InspectedSource> {
  const run = runInspection(inspection, host);
  try {
    const source = await readFacts(run, inspection);
    if (source.kind !== 'file') await run.finish();
    return source;
  } catch (error) {
    await run.stop();
    throw error;
  }
}

/** Fifteen digits are less than what a number holds exactly, and twelve of seconds less than the last Date. */
const FILE = /^f (\d{1,15}) ([0-7]{1,5}) (-?\d{1,12})$/;
const DIRECTORY = /^d ([0-7]{1,5}) (-?\d{1,12})$/;
const ERROR = 'e ';
const MISSING = /^(?:No such file or directory|Not a directory)$/;

async function readFacts(run: InspectionRun, inspection: Inspection): Promise<InspectedSource> {
  const { title } = inspection;
  const facts = (await run.reply(0)).toString();
  const [, size, fileMode = '', changedAt] = FILE.exec(facts) ?? [];
  if (size !== undefined) {
    const times = { mode: Number.parseInt(fileMode, 8), modifiedAt: Number(changedAt) };
    return readFile(run, inspection, { size: Number(size), ...times });
  }
  const [, mode, modifiedAt] = DIRECTORY.exec(facts) ?? [];
  if (mode !== undefined) {
    return { kind: 'directory', mode: Number.parseInt(mode, 8), modifiedAt: Number(modifiedAt) };
  }
  if (facts === 'o') return { kind: 'other' };
  if (!facts.startsWith(ERROR)) throw damaged(title, 'it does not say what it is');
  const why = lastError(facts);
  if (MISSING.test(why)) return { kind: 'missing' };
  throw new CommandError(downloadFailures['download-unreadable'](title, why));
}

async function readFile(
  run: InspectionRun,
  { title, withContent }: Inspection,
  facts: Pick<InspectedFile, 'size' | 'mode' | 'modifiedAt'>,
): Promise<InspectedFile> {
  const content = withContent && facts.size <= SMALL_BYTES ? await run.reply(1) : undefined;
  if (content !== undefined && content.length > facts.size) {
    throw damaged(title, 'it is longer than its size');
  }
  const prefixSha256 = run.reply(2).then(hashIn);
  prefixSha256.catch(() => undefined);
  const sha256 = run.reply(3).then((text) => {
    const hash = hashIn(text);
    if (hash === undefined) throw damaged(title, 'its SHA-256 is missing');
    return hash;
  });
  void sha256.finally(() => run.finish()).catch(() => undefined);
  return {
    ...{ kind: 'file', ...facts, size: content?.length ?? facts.size },
    ...{ content: Promise.resolve(content), prefixSha256, sha256 },
    stop: () => run.stop(),
  };
}

function damaged(title: string, why: string): CommandError {
  return new CommandError(downloadFailures['download-damaged'](title, why));
}

function hashIn(text: Buffer): string | undefined {
  return /[0-9a-f]{64}/i.exec(text.toString('latin1'))?.[0].toLowerCase();
}
