/** How often a command is to be checked, in milliseconds. */
export const COMMAND_CHECK_MS = 1_000;

/** How long the target may be quiet, in milliseconds: its script writes a line feed each second. */
const COMMAND_QUIET_MS = 5_000;

/** How long a command may take to begin, in milliseconds. It waits for the session with the requests, too. */
const COMMAND_START_MS = 90_000;

/**
 * How long the target may send nothing of a file that was asked for while it shows that it is alive, in
 * milliseconds: a disk or a network file system that hangs. Then the session with the requests may be stuck.
 */
const COMMAND_NO_DATA_MS = 30_000;

/** The time over which the pace is measured, in milliseconds. */
const PACE_MEASURE_MS = 5_000;

/**
 * Bytes in that time below which the agent only repeats what was lost, and will for minutes: it repeats ten
 * messages of 1024 bytes a second (docs/design/agent.md#losses). A new command is faster. The line feeds of these
 * minutes come only after all that, since the target has written them later.
 */
const REPEATING_BYTES = 60 * 1024;

/** The share of the pace so far that is no repeating: a line may be as slow as that. */
const SHARE_OF_PACE = 1 / 8;

/** What a command on the target is doing, as far as its output shows it. */
export type Activity =
  | 'active'
  /** It is quiet, or the agent only repeats what was lost. */
  | 'stalled'
  /** It shows that it is alive, and sends nothing that was asked for. */
  | 'unanswered';

/** Watches the output of a command that answers requests. Times are in milliseconds of a monotonic clock. */
export interface StallWatch {
  /** Notes output. `data` are the bytes of it that are no line feeds. */
  received(data: number, now: number): void;
  /** Notes whether a request is open from now on. */
  waiting(isWaiting: boolean, now: number): void;
  check(now: number): Activity;
  /** Notes that there is a reason to send nothing: a script may be slow. */
  excuse(now: number): void;
}

type Watch =
  /** Nothing has arrived. */
  | { readonly kind: 'starting'; readonly since: number; readonly isWaiting: boolean }
  /** No request is open. */
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'waiting';
      /** Since when the pace is measured, and the bytes since then. */
      readonly since: number;
      readonly bytes: number;
      readonly lastOutput: number;
      readonly lastData: number;
      /** The last output that only showed that the command is there. */
      readonly lastSign: number;
    };

/**
 * @param now - when the command starts
 */
export function createStallWatch(now: number): StallWatch {
  let watch: Watch = { kind: 'starting', since: now, isWaiting: false };
  /** Bytes and time of all measurements that have ended. */
  let total = { bytes: 0, time: 0 };

  const begin = (at: number): Watch => ({
    kind: 'waiting',
    since: at,
    bytes: 0,
    lastOutput: at,
    lastData: at,
    lastSign: at,
  });
  const isRepeating = (bytes: number, time: number): boolean => {
    const expected = total.time === 0 ? 0 : (total.bytes / total.time) * time * SHARE_OF_PACE;
    return bytes < Math.min(REPEATING_BYTES, expected);
  };

  return {
    received(data, at) {
      if (watch.kind === 'starting') watch = watch.isWaiting ? begin(at) : { kind: 'idle' };
      if (watch.kind !== 'waiting') return;
      const bytes = watch.bytes + data;
      const last = data > 0 ? { lastData: at } : { lastSign: at };
      watch = { ...watch, bytes, lastOutput: at, ...last };
    },
    waiting(isWaiting, at) {
      if (watch.kind === 'starting') watch = { ...watch, isWaiting };
      else if (!isWaiting) watch = { kind: 'idle' };
      else if (watch.kind === 'idle') watch = begin(at);
    },
    excuse(at) {
      if (watch.kind === 'waiting') watch = { ...watch, lastData: at };
    },
    check(at) {
      switch (watch.kind) {
        case 'starting':
          return at - watch.since >= COMMAND_START_MS ? 'stalled' : 'active';
        case 'idle':
          return 'active';
        case 'waiting': {
          if (at - watch.lastOutput >= COMMAND_QUIET_MS) return 'stalled';
          if (at - watch.lastData >= COMMAND_NO_DATA_MS) return 'unanswered';
          const { bytes, since } = watch;
          const time = at - since;
          if (time < PACE_MEASURE_MS) return 'active';
          // A source may be as slow as that: then a sign comes each second, also between its bytes.
          if (isRepeating(bytes, time) && watch.lastSign <= since) return 'stalled';
          total = { bytes: total.bytes + bytes, time: total.time + time };
          watch = { ...watch, since: at, bytes: 0 };
          return 'active';
        }
      }
    },
  };
}
