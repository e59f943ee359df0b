import { PayloadType } from '../../protocol/payload-type.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';

/** Record separator: output rarely has it, and a script names it by an escape, so that an echo has none. */
const FIRST_BYTE = 0x1e;
const FIRST_BYTE_IN_PRINTF = String.raw`\036`;
/** 128 bits, which no output has by accident. */
const MARK_RANDOM_BYTES = 16;
const END_OF_STATUS = 0x3b;
/** A status is 0 to 255. */
const LONGEST_STATUS_BYTES = 3;
const HIGHEST_STATUS = 255;
const NOTHING: Buffer = Buffer.alloc(0);

/** Random texts that a script prints on the target among its output. */
export interface Marks {
  /** A shell command that prints that the terminal is ready. */
  readonly printReady: string;
  /**
   * A shell command that prints that the script has ended.
   *
   * @param status - a word of the shell, such as `"$?"`
   */
  readonly printEnd: (status: string) => string;
  readonly ready: Buffer;
  /** The status and a semicolon follow it. */
  readonly end: Buffer;
}

/** @param fillRandom - fills a buffer with cryptographically strong random bytes */
export function createMarks(fillRandom: (buffer: Buffer) => void): Marks {
  const random = Buffer.alloc(MARK_RANDOM_BYTES);
  fillRandom(random);
  const text = random.toString('hex');
  const markOf = (letter: string): Buffer =>
    Buffer.concat([Buffer.from([FIRST_BYTE]), Buffer.from(`${letter}${text}`)]);
  return {
    printReady: `printf '${FIRST_BYTE_IN_PRINTF}r${text}'`,
    printEnd: (status) => `printf '${FIRST_BYTE_IN_PRINTF}e${text}%s;' ${status}`,
    ready: markOf('r'),
    end: markOf('e'),
  };
}

/** What follows the marks in the output of a terminal. */
export interface MarkedOutput {
  readonly filter: OutputFilter;
  /** Whether the mark of the beginning has come. */
  readonly isReady: boolean;
}

/**
 * Removes marks from the output of a terminal, wherever its payloads are cut. What comes before the ready mark, such as
 * an echo, and after the end mark is dropped.
 *
 * @param expectsReady - false when the output begins at once
 * @param onReady - is called when the ready mark has come
 */
export function createMarkedOutput(
  { ready, end }: Pick<Marks, 'ready' | 'end'>,
  expectsReady: boolean,
  onReady: () => void = () => undefined,
): MarkedOutput {
  let state: 'starting' | 'running' | 'ended' = expectsReady ? 'starting' : 'running';
  let isReady = !expectsReady;
  let kept: Buffer = NOTHING;
  let exitStatus: number | undefined;

  const takeRunning = (bytes: Buffer): Buffer => {
    const at = bytes.indexOf(end);
    if (at === -1) {
      const length = bytes.length - beginningOf(end, bytes);
      kept = bytes.subarray(length);
      return bytes.subarray(0, length);
    }
    const statusAt = at + end.length;
    const statusEnd = bytes.indexOf(END_OF_STATUS, statusAt);
    if (statusEnd === -1 && bytes.length - statusAt <= LONGEST_STATUS_BYTES) {
      kept = bytes.subarray(at);
    } else {
      state = 'ended';
      exitStatus = parseStatus(bytes.subarray(statusAt, statusEnd).toString('latin1'));
    }
    return bytes.subarray(0, at);
  };
  const take = (received: Buffer): Buffer => {
    const bytes = kept.length === 0 ? received : Buffer.concat([kept, received]);
    kept = NOTHING;
    switch (state) {
      case 'starting': {
        const at = bytes.indexOf(ready);
        if (at === -1) {
          // The script may end before it is ready.
          takeRunning(bytes);
          if (kept.length === 0) kept = bytes.subarray(bytes.length - beginningOf(ready, bytes));
          return NOTHING;
        }
        state = 'running';
        isReady = true;
        onReady();
        return takeRunning(bytes.subarray(at + ready.length));
      }
      case 'running':
        return takeRunning(bytes);
      case 'ended':
        return NOTHING;
    }
  };

  return {
    filter: {
      take: (payloadType, payload) =>
        payloadType === PayloadType.Output ? take(payload) : payload,
      rest() {
        const rest = state === 'running' ? kept : NOTHING;
        kept = NOTHING;
        return rest;
      },
      get exitStatus() {
        return exitStatus;
      },
    },
    get isReady() {
      return isReady;
    },
  };
}

/** @returns undefined for what no shell prints: a target may send anything */
function parseStatus(text: string): number | undefined {
  const status = /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  return status === undefined || status > HIGHEST_STATUS ? undefined : status;
}

/** How many bytes at the end may be the beginning of a mark, whose first byte it has only once. */
function beginningOf(mark: Buffer, bytes: Buffer): number {
  const at = bytes.lastIndexOf(FIRST_BYTE);
  if (at === -1) return 0;
  const length = bytes.length - at;
  return length < mark.length && mark.subarray(0, length).equals(bytes.subarray(at)) ? length : 0;
}
