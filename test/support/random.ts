import { randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';

/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number;
  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean;
  /** One element of a list that has at least one. */
  pick<Element>(list: readonly [Element, ...Element[]]): Element;
  /** `length` bytes. */
  bytes(length: number): Buffer;
}

const UINT32_RANGE = 0x1_0000_0000;

/** A generator with 32 bits of state (Mulberry32, Tommy Ettinger): enough for test data, and fast. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound: number): number => Math.floor((uint32() / UINT32_RANGE) * bound);
  return {
    next: () => uint32() / UINT32_RANGE,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => uint32() / UINT32_RANGE < probability,
    pick: (list) => list[below(list.length)] ?? list[0],
    bytes: (length) => {
      const bytes = Buffer.alloc(length);
      for (let i = 0; i < length; i++) bytes[i] = uint32() >>> 24;
      return bytes;
    },
  };
}

const SEED_VARIABLE = 'TEST_SEED';

/** The seed named by the environment, else a new one for each call. */
export function chooseSeed(): number {
  const named = process.env[SEED_VARIABLE];
  return named === undefined ? randomInt(UINT32_RANGE) : Number(named);
}

/**
 * Runs a test on random data. Its failure prints the seed that repeats it ({@link withSeed}).
 *
 * @param body - takes all its randomness from its argument
 */
export function seeded(body: (random: Random) => void | Promise<void>): Promise<void> {
  const seed = chooseSeed();
  return withSeed(seed, () => body(randomOf(seed)));
}

/**
 * Runs a part of a test whose random data come from a seed. What repeats its failure is printed however it
 * fails: with the error that it throws, else on stderr. Node.js itself reports an error that nothing has
 * caught, and a test that is stopped. From 24 on, it waits without end for a promise that nothing can settle any
 * more, until the runner stops the test.
 *
 * @param settings - variables that are needed, too, to repeat it: `FUZZ_CASES=1`
 */
export async function withSeed<Result>(
  seed: number,
  body: () => Result | Promise<Result>,
  settings = '',
): Promise<Result> {
  const hint = repeatWith(seed, settings);
  watchRunning();
  running.add(hint);
  try {
    return await body();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${reason}\n(${hint})`, { cause });
  } finally {
    running.delete(hint);
  }
}

/** What repeats a failure. */
export function repeatWith(seed: number, settings = ''): string {
  const variables = [`${SEED_VARIABLE}=${seed}`, ...(settings === '' ? [] : [settings])];
  return `${variables.join(' ')} shows this again`;
}

/** The hints of what runs now: several in a file with concurrent tests. */
const running = new Set<string>();
let isWatching = false;

function watchRunning(): void {
  if (isWatching) return;
  isWatching = true;
  const print = (): void => {
    for (const hint of running) writeSync(process.stderr.fd, `while a test ran: ${hint}\n`);
  };
  process.on('uncaughtExceptionMonitor', print);
  // The test runner listens to it, too, so a listener here changes nothing.
  process.on('unhandledRejection', print);
  process.on('exit', print);
  // The runner stops a file so when it takes too long.
  process.once('SIGTERM', () => {
    print();
    running.clear();
    process.kill(process.pid, 'SIGTERM');
  });
}
