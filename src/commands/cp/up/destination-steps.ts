import { hashedBlockBytes } from './chunks/chunk-source.ts';
import { explainUnfinished, throwProblem } from './explain-problem.ts';
import type { ReceiverSession } from './sessions/receiver-session.ts';
import type { Destination } from './target/destination.ts';
import {
  enterScript,
  finishScript,
  hashBlocksScript,
  prepareScript,
  type FinishOptions,
} from './target/file-scripts.ts';

/** Which file is made, and where. */
export interface DestinationFile {
  readonly destination: Destination;
  /** Bytes of the file; undefined when that is not known. */
  readonly size: number | undefined;
  /** Whether an unfinished file stays for the next copy. */
  readonly keeps: boolean;
}

/** What is ready on the target. */
export interface PreparedDestination {
  /** The absolute path of the file that takes the new content. */
  readonly partial: Buffer;
  /** SHA-256 of the blocks that an earlier copy has left, by their number. */
  readonly blocks: ReadonlyMap<number, string>;
}

/**
 * Makes the file for the new content, or finds that of an earlier copy.
 *
 * @returns undefined when the session has ended
 * @throws CommandError when the destination cannot be written
 */
export async function prepareDestination(
  session: Pick<ReceiverSession, 'run'>,
  { destination, size, keeps }: DestinationFile,
): Promise<PreparedDestination | undefined> {
  const ran = await session.run(prepareScript(destination, size, keeps));
  if (ran === undefined) return undefined;
  const { results } = ran;
  throwProblem(destination.path, results);
  const partial = Buffer.from(results.get('partial') ?? '', 'hex');
  const isResumed = Number(results.get('size') ?? 0) > 0;
  const blocks = isResumed ? await hashBlocks(session, size ?? 0) : new Map<number, string>();
  return blocks === undefined ? undefined : { partial, blocks };
}

/**
 * Enters the directory that another session has made.
 *
 * @returns `missing` when it is not the same any more; undefined when the session has ended
 */
export async function enterDestination(
  session: Pick<ReceiverSession, 'run'>,
  { destination, keeps }: Pick<DestinationFile, 'destination' | 'keeps'>,
): Promise<'entered' | 'missing' | undefined> {
  const ran = await session.run(enterScript(destination, keeps));
  if (ran === undefined) return undefined;
  return ran.status === 0 ? 'entered' : 'missing';
}

/**
 * Compares the hash, and puts the file in its place.
 *
 * @returns undefined when the session has ended
 * @throws CommandError when the hash differs, or the place cannot be written
 */
export async function finishDestination(
  session: Pick<ReceiverSession, 'run'>,
  destination: Destination,
  options: FinishOptions,
): Promise<'finished' | undefined> {
  const ran = await session.run(finishScript(destination, options));
  if (ran === undefined) return undefined;
  throwProblem(destination.path, ran.results);
  if (ran.results.has('done')) return 'finished';
  throw explainUnfinished(destination.path, ran.results);
}

/** The number of a block, and its SHA-256. */
const BLOCK = /^(\d{1,9}) ([\da-f]{64})$/;

/** The hashes of what is on the target; undefined when the session has ended. */
async function hashBlocks(
  session: Pick<ReceiverSession, 'run'>,
  size: number,
): Promise<Map<number, string> | undefined> {
  const blocks = new Map<number, string>();
  const blockBytes = hashedBlockBytes(size);
  const count = Math.ceil(size / blockBytes);
  const script = hashBlocksScript(count, blockBytes);
  const ran = await session.run(script, (name, value) => {
    const [, number, hash] = BLOCK.exec(value) ?? [];
    if (name !== 'block' || hash === undefined || Number(number) >= count) return;
    blocks.set(Number(number), hash);
  });
  return ran === undefined ? undefined : blocks;
}
