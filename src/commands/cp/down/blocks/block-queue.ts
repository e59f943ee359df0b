import {
  encodedBytes,
  UNIT_BYTES,
  type BlockEncoding,
  type BlockRequest,
} from './block-request.ts';

/** The source of the blocks. */
export type BlockSource =
  | {
      readonly kind: 'file';
      /** In bytes. */
      readonly size: number;
    }
  /** Its blocks come in order, and its size is not known. */
  | { readonly kind: 'pipe' };

/** A block that is asked for. */
export interface AskedBlock extends BlockRequest {
  readonly session: number;
  /** In milliseconds of a monotonic clock. */
  readonly askedAt: number;
}

interface QueuedBlock extends AskedBlock {
  /** Undefined while it has not arrived. */
  data: Buffer | undefined;
}

/** Units of a file that were asked for in vain. */
interface Gap {
  readonly skip: number;
  readonly units: number;
}

/** Blocks between the request for them and their delivery, in their order. */
export interface BlockQueue {
  /** What is asked for and not delivered, in bytes of base64: the part of the window in use. */
  readonly waiting: number;
  /** Whether there is more to ask for. */
  readonly hasMore: boolean;
  /** Whether everything is delivered. */
  readonly isEmpty: boolean;
  /** Bytes of the source that have arrived without a gap before them; `from` included. */
  readonly arrivedBytes: number;
  /** Adds the next block of at most these units. Only while `hasMore`. */
  ask(session: number, units: number, encoding: BlockEncoding, now: number): AskedBlock;
  /**
   * Notes what has arrived for a block.
   *
   * @returns false when the source ends before the block does, as a file that became shorter
   */
  arrived(block: AskedBlock, data: Buffer): boolean;
  /** The bytes to deliver next, once they have arrived. They stay in the queue until `delivered`. */
  readonly next: Buffer | undefined;
  delivered(): void;
  /** Asks again for everything that has not arrived of a session that has ended. */
  release(session: number): void;
}

/** @param from - bytes of the source to leave out */
export function createBlockQueue(source: BlockSource, from: number): BlockQueue {
  return source.kind === 'file' ? createFileQueue(source.size, from) : createPipeQueue(from);
}

function createFileQueue(size: number, from: number): BlockQueue {
  const end = Math.ceil(size / UNIT_BYTES);
  const blocks: QueuedBlock[] = [];
  const gaps: Gap[] = [];
  let next = Math.floor(from / UNIT_BYTES);
  if (from >= size) next = end;

  const bytesOf = ({ skip, units }: Gap): number =>
    Math.min(size, (skip + units) * UNIT_BYTES) - skip * UNIT_BYTES;
  const takeUnits = (most: number): Gap => {
    const gap = gaps.shift();
    if (gap === undefined) {
      const units = Math.min(most, end - next);
      next += units;
      return { skip: next - units, units };
    }
    const units = Math.min(most, gap.units);
    if (units < gap.units) gaps.unshift({ skip: gap.skip + units, units: gap.units - units });
    return { skip: gap.skip, units };
  };

  return {
    get waiting() {
      return sumOf(blocks);
    },
    get hasMore() {
      return gaps.length > 0 || next < end;
    },
    get isEmpty() {
      return blocks.length === 0 && gaps.length === 0 && next === end;
    },
    get arrivedBytes() {
      const missing = blocks.find(({ data }) => data === undefined);
      const first = Math.min(missing?.skip ?? next, gaps[0]?.skip ?? next);
      return Math.max(from, Math.min(size, first * UNIT_BYTES));
    },
    ask(session, most, encoding, askedAt) {
      const block = { ...takeUnits(most), session, encoding, askedAt, data: undefined };
      const at = blocks.findIndex(({ skip }) => skip > block.skip);
      blocks.splice(at === -1 ? blocks.length : at, 0, block);
      return block;
    },
    arrived(block, data) {
      const queued = blocks.find(({ skip }) => skip === block.skip);
      const length = bytesOf(block);
      if (queued === undefined || data.length < length) return false;
      const start = block.skip * UNIT_BYTES;
      // What is longer was added to the file since its size was read.
      queued.data = data.subarray(Math.max(from - start, 0), length);
      return true;
    },
    get next() {
      const first = blocks[0];
      const isNext = first !== undefined && first.skip < (gaps[0]?.skip ?? Infinity);
      return isNext ? first.data : undefined;
    },
    delivered() {
      blocks.shift();
    },
    release(session) {
      const lost = takeLost(blocks, session);
      gaps.push(...lost.map(({ skip, units }) => ({ skip, units })));
      gaps.sort((a, b) => a.skip - b.skip);
    },
  };
}

function createPipeQueue(from: number): BlockQueue {
  const blocks: QueuedBlock[] = [];
  let arrivedBytes = from;
  let asked = 0;
  let isAtEnd = false;
  return {
    get waiting() {
      return sumOf(blocks);
    },
    get hasMore() {
      return !isAtEnd;
    },
    get isEmpty() {
      return isAtEnd && blocks.length === 0;
    },
    get arrivedBytes() {
      return arrivedBytes;
    },
    ask(session, units, encoding, askedAt) {
      const block = { skip: asked++, units, session, encoding, askedAt, data: undefined };
      blocks.push(block);
      return block;
    },
    arrived(block, data) {
      const queued = blocks.find(({ skip }) => skip === block.skip);
      if (queued === undefined) return data.length === 0;
      queued.data = data;
      arrivedBytes += data.length;
      if (data.length > 0) return true;
      // An empty block is the end of the pipe, and so are all after it.
      isAtEnd = true;
      blocks.splice(blocks.indexOf(queued));
      return true;
    },
    get next() {
      return blocks[0]?.data;
    },
    delivered() {
      blocks.shift();
    },
    release(session) {
      takeLost(blocks, session);
    },
  };
}

function sumOf(blocks: readonly QueuedBlock[]): number {
  return blocks.reduce((sum, { units }) => sum + encodedBytes(units), 0);
}

function takeLost(blocks: QueuedBlock[], session: number): readonly QueuedBlock[] {
  const lost = blocks.filter((block) => block.session === session && block.data === undefined);
  for (const block of lost) blocks.splice(blocks.indexOf(block), 1);
  return lost;
}
