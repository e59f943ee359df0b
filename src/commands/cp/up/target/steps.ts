import { CommandError } from '../../../../cli/framework/command-context.ts';
import { uploadFailures } from '../../../../failures/upload.ts';
import { hashedBlockBytes } from '../chunks/chunk-source.ts';
import { explainProblem, explainText, pathText } from '../explain.ts';
import type { ReceiverSession } from '../sessions/receiver-session.ts';
import type { Destination } from './destination.ts';
import {
  enterScript,
  finishScript,
  hashBlocksScript,
  prepareScript,
  type FinishOptions,
} from './file-scripts.ts';

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
 * @param size - bytes of the file; undefined when that is not known
 * @returns undefined when the session has ended
 * @throws CommandError when the destination cannot be written
 */
export async function prepareDestination(
  session: ReceiverSession,
  destination: Destination,
  size: number | undefined,
): Promise<PreparedDestination | undefined> {
  const ran = await session.run(prepareScript(destination, size));
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
  session: ReceiverSession,
  destination: Destination,
): Promise<'entered' | 'missing' | undefined> {
  const ran = await session.run(enterScript(destination));
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
  session: ReceiverSession,
  destination: Destination,
  options: FinishOptions,
): Promise<'finished' | undefined> {
  const ran = await session.run(finishScript(destination, options));
  if (ran === undefined) return undefined;
  throwProblem(destination.path, ran.results);
  if (ran.results.has('done')) return 'finished';
  throw ran.results.has('hash')
    ? new CommandError(uploadFailures['upload-damaged'](pathText(destination.path)))
    : explainText(destination.path, '');
}

/** The hashes of what is on the target; undefined when the session has ended. */
async function hashBlocks(
  session: ReceiverSession,
  size: number,
): Promise<Map<number, string> | undefined> {
  const blocks = new Map<number, string>();
  const blockBytes = hashedBlockBytes(size);
  const script = hashBlocksScript(Math.ceil(size / blockBytes), blockBytes);
  const ran = await session.run(script, (name, value) => {
    const [number = '', hash = ''] = value.split(' ');
    if (name === 'block') blocks.set(Number(number), hash);
  });
  return ran === undefined ? undefined : blocks;
}

function throwProblem(path: Buffer, results: ReadonlyMap<string, string>): void {
  const problem = results.get('problem');
  if (problem !== undefined) throw explainProblem(path, problem, results.get('text') ?? '');
}
