import assert from 'node:assert/strict';
import { it } from 'node:test';
import { chooseSeed, repeatWith, withSeed } from '../support/random.ts';
import { FUZZ_CASES } from './support/cases.ts';
import { REACHED, type Reached } from './support/whole-session/reached.ts';
import { runFuzzSession } from './support/whole-session/run-session.ts';

/** How many inputs a decoder gets in a long run for each session. */
const INPUTS_OF_A_SESSION = 20;
/** The default, some 15 s. A long run has fewer sessions than inputs of a decoder. */
const SESSIONS =
  process.env['FUZZ_CASES'] === undefined ? 2_000 : Math.ceil(FUZZ_CASES / INPUTS_OF_A_SESSION);
/** With this many sessions each state is certain to be reached. */
const ENOUGH_SESSIONS = 1_000;
const SEED_RANGE = 2 ** 32;

/** Collects what Node.js reports while a session runs and nothing has caught. */
function watchUncaught(): { readonly errors: unknown[]; readonly stop: () => void } {
  const errors: unknown[] = [];
  const collect = (error: unknown): void => void errors.push(error);
  process.on('unhandledRejection', collect);
  process.on('uncaughtException', collect);
  return {
    errors,
    stop() {
      process.off('unhandledRejection', collect);
      process.off('uncaughtException', collect);
    },
  };
}

it('a session ends, whatever happens to it, releases everything and uses little memory', async (t) => {
  const first = chooseSeed();
  const uncaught = watchUncaught();
  t.after(uncaught.stop);
  const counts = new Map<Reached, number>();
  for (let i = 0; i < SESSIONS; i++) {
    const seed = (first + i) % SEED_RANGE;
    const reached = await withSeed(seed, () => runOne(seed, uncaught.errors), 'FUZZ_CASES=1');
    for (const state of reached) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  t.diagnostic(
    `${SESSIONS} sessions: ${[...counts].map(([state, count]) => `${state} ${count}`).join(', ')}`,
  );
  if (SESSIONS < ENOUGH_SESSIONS) return;
  const missed = REACHED.filter((state) => !counts.has(state));
  const repeats = repeatWith(first, `FUZZ_CASES=${SESSIONS * INPUTS_OF_A_SESSION}`);
  assert.equal(missed.join(', '), '', `no session reached: ${missed.join(', ')} (${repeats})`);
});

async function runOne(
  seed: number,
  uncaught: readonly unknown[],
): ReturnType<typeof runFuzzSession> {
  const reached = await runFuzzSession(seed);
  assert.deepEqual(uncaught, [], 'nothing is uncaught');
  return reached;
}
