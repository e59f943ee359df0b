import { MAX_CREDIT_BYTES, MIN_CREDIT_BYTES, PING_BYTES } from './frames.ts';

/** How long data may queue after earlier data on its way, in milliseconds: a request during a download waits as long. */
const QUEUE_TARGET_MS = 10;
/** How much the credit grows in a round trip in which it was used, until it was too much, and afterwards. */
const FIRST_CREDIT_GROWTH = 1.5;
const CREDIT_GROWTH = 1.0625;
/** Divisor: credit counts as used if this part of it arrives in a round trip. A batch is on its way only half of the time. */
const CREDIT_USED_SHARE = 4;
/** Part of the credit that arrives before the next probe. */
const PROBE_SHARE = 2;
/** How long the shortest round trip is trusted, in milliseconds: the path may have become longer. */
const SHORTEST_MAX_AGE_MS = 10_000;
/** Probes with the least credit until no earlier data on the path delays them. */
const DRAINING_PROBES = 2;

const PROBE = Buffer.alloc(PING_BYTES, 1);

/** How many bytes may be in flight without a long queue on the path (docs/design/relay.md#credit). */
export interface CreditLimit {
  bytes(): number;
  /** A DATA frame has arrived, which costs this many bytes of credit. */
  arrived(cost: number): void;
  /** A PONG has come. Returns whether it was meant for the limit. */
  ponged(token: Buffer): boolean;
}

/** What a limit needs of its tunnel. */
export interface CreditLimitHost {
  readonly ping: (token: Buffer) => void;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Whether data waits to be sent to the relay: then a PING waits, too, and its round trip shows nothing of the other direction. */
  readonly isSending: () => boolean;
}

interface Probe {
  readonly sent: number;
  /** Bytes that have arrived since: they were on their way. */
  arrived: number;
}

/** Begins with {@link MIN_CREDIT_BYTES}. */
export function createCreditLimit({ ping, now, isSending }: CreditLimitHost): CreditLimit {
  let limit = MIN_CREDIT_BYTES;
  let sinceProbe = 0;
  let probe: Probe | undefined;
  let shortest = Infinity;
  let shortestSince = now();
  let draining = 0;
  let growth = FIRST_CREDIT_GROWTH;

  const bytes = (): number => (draining > 0 ? MIN_CREDIT_BYTES : limit);
  const adjust = (roundTrip: number, arrived: number): void => {
    const target = shortest + QUEUE_TARGET_MS;
    if (roundTrip > target) {
      if (isSending()) return;
      growth = CREDIT_GROWTH;
      // The bytes that arrive within the target time.
      limit = Math.max(MIN_CREDIT_BYTES, Math.round((arrived * target) / roundTrip));
    } else if (arrived * CREDIT_USED_SHARE >= limit) {
      limit = Math.min(MAX_CREDIT_BYTES, Math.round(limit * growth));
    }
  };
  return {
    bytes,
    arrived(cost) {
      sinceProbe += cost;
      if (probe !== undefined) {
        probe.arrived += cost;
      } else if (sinceProbe * PROBE_SHARE >= bytes()) {
        sinceProbe = 0;
        probe = { sent: now(), arrived: 0 };
        ping(PROBE);
      }
    },
    ponged(token) {
      if (!token.equals(PROBE)) return false;
      if (probe === undefined) return true;
      const time = now();
      const roundTrip = time - probe.sent;
      if (draining > 0) {
        draining -= 1;
        if (draining === 0) shortest = roundTrip;
      } else if (time - shortestSince >= SHORTEST_MAX_AGE_MS) {
        draining = DRAINING_PROBES;
        shortestSince = time;
      } else {
        shortest = Math.min(shortest, roundTrip);
        adjust(roundTrip, probe.arrived);
      }
      probe = undefined;
      return true;
    },
  };
}
