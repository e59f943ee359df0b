import { createBlockPool } from './block-pool.ts';
import { createBlockQueue, type AskedBlock, type BlockSource } from './block-queue.ts';
import { encodedBytes, MAX_UNITS, UNIT_BYTES } from './block-request.ts';
import { createCompression } from './compression.ts';
import { readBlock } from './reply-reader.ts';
import { createRateLimit } from './request-pace.ts';
import { createRequestWindow } from './request-window.ts';
import { createSessionLoads } from './session-loads.ts';

/** The largest request is this share of the window, so that the target always has a next one. */
const REQUESTS_IN_WINDOW = 4;

/** How long a request lasts at most when the rate is limited, in milliseconds. */
const LIMITED_REQUEST_MS = 250;

/** What a transfer is of, and how fast it may be. */
export interface TransferOptions {
  readonly source: BlockSource;
  /** Bytes of the source to leave out. */
  readonly from: number;
  /** Whether the target has gzip. */
  readonly canCompress: boolean;
  /** Bytes of the source a second; undefined for no limit. */
  readonly limitRate: number | undefined;
}

/** What may be asked for now. */
export interface DueRequests {
  readonly blocks: readonly AskedBlock[];
  /** Milliseconds after which more may be; undefined when only a block or a delivery changes that. */
  readonly again: number | undefined;
}

/** What a reply was. */
export type Arrival =
  | 'taken'
  /** No gzip, or too long. */
  | 'damaged'
  /** The source has ended before the block. */
  | 'too-short';

/**
 * Which blocks are asked for, from which session and when: a state machine without effects. Times are in
 * milliseconds of a monotonic clock.
 */
export interface Transfer {
  /** Whether the window has room for more requests, so that sessions are needed. */
  readonly needsSession: boolean;
  /** Whether everything was asked for. Of a pipe: whether its end has arrived. */
  readonly isAsked: boolean;
  /** Whether everything is delivered. */
  readonly isDelivered: boolean;
  /** Bytes of the source that need not be asked for again. */
  readonly arrivedBytes: number;
  /** Asks for what is due. Each of the blocks must be sent. @param sessions - those that can be asked */
  ask(sessions: readonly number[], now: number): DueRequests;
  arrived(block: AskedBlock, reply: Buffer, now: number): Arrival;
  /** Notes that a command was found stopped; then `released` follows. */
  stopped(): void;
  /** Asks again for what a session has not sent. */
  released(session: number): void;
  /** Whether blocks are sent with pauses. */
  readonly isPaced: boolean;
  /** From now on no session gets more requests than its messages a second allow. */
  slowDown(): void;
  /**
   * The bytes to deliver next, once they have arrived. They stay in the window until `delivered`; then their memory is
   * used again.
   */
  readonly next: Buffer | undefined;
  delivered(): void;
}

/** Creates a transfer that asks nothing yet. */
export function createTransfer(options: TransferOptions): Transfer {
  const queue = createBlockQueue(options.source, options.from);
  const pool = createBlockPool();
  const window = createRequestWindow();
  const compression = createCompression(options.canCompress);
  const loads = createSessionLoads();
  const limit = createRateLimit(options.limitRate);
  const unitsOfRate =
    options.limitRate === undefined
      ? MAX_UNITS
      : (options.limitRate * LIMITED_REQUEST_MS) / 1000 / UNIT_BYTES;

  const largest = (): number => {
    const share = window.bytes / REQUESTS_IN_WINDOW / encodedBytes(1);
    const most = loads.isPaced ? 1 : MAX_UNITS;
    return Math.max(Math.floor(Math.min(share, unitsOfRate, most)), 1);
  };
  const hasRoom = (units: number): boolean =>
    queue.hasMore && (queue.waiting === 0 || queue.waiting + encodedBytes(units) <= window.bytes);

  return {
    get needsSession() {
      return hasRoom(largest());
    },
    get isAsked() {
      return !queue.hasMore;
    },
    get isDelivered() {
      return queue.isEmpty;
    },
    get arrivedBytes() {
      return queue.arrivedBytes;
    },
    ask(sessions, now) {
      const blocks: AskedBlock[] = [];
      for (;;) {
        const units = largest();
        if (!hasRoom(units)) return { blocks, again: undefined };
        const limited = limit.wait(now);
        if (limited > 0) return { blocks, again: limited };
        const session = loads.pick(sessions, now);
        if (session === undefined) return { blocks, again: loads.wait(sessions, now) };
        const block = queue.ask(session, units, compression.encoding, now);
        limit.sent(block.units, now);
        loads.asked(session, block.units, now);
        blocks.push(block);
      }
    },
    arrived(block, reply, now) {
      const { session, units, encoding, askedAt } = block;
      loads.arrived(session, units);
      const decoded = readBlock(reply, encoding, units, pool);
      if (decoded === undefined) return 'damaged';
      if (!queue.arrived(block, decoded.data)) return 'too-short';
      compression.arrived(decoded, encoding);
      window.arrived(encodedBytes(units), askedAt, now);
      return 'taken';
    },
    stopped: () => window.stopped(queue.waiting),
    released(session) {
      loads.remove(session);
      queue.release(session);
    },
    get isPaced() {
      return loads.isPaced;
    },
    slowDown: () => loads.pace(),
    get next() {
      return queue.next;
    },
    delivered() {
      const { next } = queue;
      queue.delivered();
      if (next !== undefined) pool.free(next);
    },
  };
}
