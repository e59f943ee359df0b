import type { ConnectionLimits } from './gateway/client-connection.ts';
import type { Random } from '../support/random.ts';

/**
 * The faults of stream messages and acknowledgements in one direction. Messages
 * of the service itself stay reliable. Probabilities are from 0 to 1 and hold for each frame by
 * itself.
 */
export interface DirectionFaults {
  /** Milliseconds added to the way of every frame; their order stays. */
  readonly delay?: number;
  /** The frame does not arrive. */
  readonly loss?: number;
  /** The frame arrives twice. */
  readonly duplication?: number;
  /** The frame arrives after one to four later ones, or a moment later if none come. */
  readonly reordering?: number;
  /** Random bytes arrive before the frame. */
  readonly garbage?: number;
  /** A copy of the frame that ends early arrives before it. */
  readonly truncation?: number;
  /** A copy of the frame whose payload was changed arrives before it. */
  readonly wrongDigest?: number;
  /** A copy of the frame with an absurd HeaderLength arrives before it. */
  readonly absurdHeaderLength?: number;
}

/**
 * The end of one TCP connection of the client: after exactly this many bytes of the raw stream, upgrade
 * request or answer included, both directions are torn down.
 */
export interface Cut {
  readonly direction: 'to-client' | 'to-agent';
  readonly afterBytes: number;
}

/** The faults of a session. */
export interface Faults extends ConnectionLimits {
  /** Makes the faults the same in every run. Default 1. */
  readonly seed?: number;
  readonly toClient?: DirectionFaults;
  readonly toAgent?: DirectionFaults;
  /** The n-th entry cuts the n-th connection; undefined spares it; connections after the last entry are spared, too. */
  readonly cuts?: readonly (Cut | undefined)[];
}

/** A line that takes frames at one end and gives what is left of them at the other. */
export interface FaultLine {
  send(frame: Buffer): void;
  /** No further frame comes out. */
  close(): void;
}

const MAX_OVERTAKING = 4;
/** How long a reordered frame waits for later frames before it is delivered anyway. */
const OVERTAKING_WAIT_MS = 20;
const MAX_GARBAGE_BYTES = 400;
const PAYLOAD_OFFSET = 120;
const ABSURD_HEADER_LENGTH = 0xffff_fff0;
const MESSAGE_TYPE_OFFSET = 4;
/** How the types of stream messages and acknowledgements begin; no other type begins like that. */
const FAULTY_TYPES: readonly string[] = ['input_stream', 'output_strea', 'acknowledge '];

/** Whether faults apply to this frame. */
function isFaulty(frame: Buffer): boolean {
  const type = frame.toString('latin1', MESSAGE_TYPE_OFFSET, MESSAGE_TYPE_OFFSET + 12);
  return FAULTY_TYPES.includes(type);
}

interface Waiting {
  readonly frame: Buffer;
  overtakers: number;
}

/**
 * Makes a line with these faults.
 *
 * @param arrive - takes what comes out, at once when there is no delay
 */
export function createFaultLine(
  faults: DirectionFaults,
  random: Random,
  arrive: (frame: Buffer) => void,
): FaultLine {
  const delayed: { readonly frame: Buffer; readonly due: number }[] = [];
  let waiting: Waiting[] = [];
  let delayTimer: NodeJS.Timeout | undefined;
  let overtakingTimer: NodeJS.Timeout | undefined;
  let closed = false;

  const chance = (probability: number | undefined): boolean =>
    probability !== undefined && probability > 0 && random.chance(probability);

  const deliverDue = (): void => {
    delayTimer = undefined;
    const now = performance.now();
    let count = 0;
    for (const { frame, due } of delayed) {
      if (due > now || closed) break;
      count++;
      arrive(frame);
    }
    delayed.splice(0, count);
    scheduleDelayed();
  };
  const scheduleDelayed = (): void => {
    const [first] = delayed;
    if (first === undefined || closed || delayTimer !== undefined) return;
    delayTimer = setTimeout(deliverDue, Math.max(0, first.due - performance.now()));
  };
  const deliver = (frame: Buffer): void => {
    if (closed) return;
    if (faults.delay === undefined || faults.delay === 0) {
      arrive(frame);
      return;
    }
    delayed.push({ frame, due: performance.now() + faults.delay });
    scheduleDelayed();
  };

  const deliverReordered = (all: boolean): void => {
    const due = waiting.filter((one) => all || one.overtakers <= 0);
    if (due.length === 0) return;
    waiting = waiting.filter((one) => !due.includes(one));
    for (const { frame } of due) deliver(frame);
  };
  const overtake = (): void => {
    if (waiting.length === 0) return;
    for (const one of waiting) one.overtakers--;
    deliverReordered(false);
  };
  const delay = (frame: Buffer): void => {
    waiting.push({ frame, overtakers: random.between(1, MAX_OVERTAKING) });
    clearTimeout(overtakingTimer);
    overtakingTimer = setTimeout(() => deliverReordered(true), OVERTAKING_WAIT_MS);
  };
  const disturb = (frame: Buffer): void => {
    if (chance(faults.garbage)) deliver(random.bytes(random.between(0, MAX_GARBAGE_BYTES)));
    if (chance(faults.truncation)) deliver(frame.subarray(0, random.below(frame.length)));
    if (chance(faults.wrongDigest) && frame.length > PAYLOAD_OFFSET) {
      const changed = Buffer.from(frame);
      const position = random.between(PAYLOAD_OFFSET, frame.length - 1);
      changed[position] = (changed[position] ?? 0) ^ 0xff;
      deliver(changed);
    }
    if (chance(faults.absurdHeaderLength)) {
      const changed = Buffer.from(frame);
      changed.writeUInt32BE(ABSURD_HEADER_LENGTH, 0);
      deliver(changed);
    }
  };
  return {
    send(frame) {
      if (closed) return;
      if (!isFaulty(frame)) {
        deliver(frame);
        return;
      }
      disturb(frame);
      if (chance(faults.loss)) return;
      if (chance(faults.reordering)) delay(frame);
      else deliver(frame);
      if (chance(faults.duplication)) deliver(frame);
      overtake();
    },
    close() {
      closed = true;
      clearTimeout(delayTimer);
      clearTimeout(overtakingTimer);
      waiting = [];
      delayed.length = 0;
    },
  };
}
