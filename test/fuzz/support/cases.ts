import { seeded, type Random } from '../../support/random.ts';

/** How many cases a test tries that makes them at random; the environment asks for a longer run. */
export const FUZZ_CASES = Number(process.env['FUZZ_CASES'] ?? '10000');

/**
 * Tries the cases one after another. A failure prints the seed and the case that repeat it.
 *
 * @param input - makes the input of one case
 * @param check - throws when something is wrong with it
 * @param cases - how many are tried
 */
export function fuzz<Input>(
  input: (random: Random) => Input,
  check: (input: Input, random: Random) => void,
  cases = FUZZ_CASES,
): Promise<void> {
  return seeded((random) => {
    for (let count = 1; count <= cases; count++) {
      const tried = input(random);
      try {
        check(tried, random);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`case ${count}: ${reason}\n${shown(tried)}`, { cause });
      }
    }
  });
}

function shown(input: unknown): string {
  return Buffer.isBuffer(input) ? input.toString('hex') : JSON.stringify(input);
}
