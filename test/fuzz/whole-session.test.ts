import assert from 'node:assert/strict';
import { it } from 'node:test';
import { chooseSeed } from '../support/random.ts';
import { FUZZ_CASES } from './support/cases.ts';
import { REACHED, type Reached } from './support/whole-session/reached.ts';
import { runFuzzSession } from './support/whole-session/run-session.ts';

/** The default, some 15 s. A long run has one session for each 20 inputs of a decoder. */
const SESSIONS = process.env['FUZZ_CASES'] === undefined ? 2_000 : Math.ceil(FUZZ_CASES / 20);
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
    try {
      const reached = await runFuzzSession(seed);
      assert.deepEqual(uncaught.errors, [], 'nothing is uncaught');
      for (const state of reached) counts.set(state, (counts.get(state) ?? 0) + 1);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${reason}\n(TEST_SEED=${seed} FUZZ_CASES=1 shows this again)`, { cause });
    }
  }
  t.diagnostic(
    `${SESSIONS} sessions: ${[...counts].map(([state, count]) => `${state} ${count}`).join(', ')}`,
  );
  if (SESSIONS < ENOUGH_SESSIONS) return;
  assert.deepEqual(
    REACHED.filter((state) => !counts.has(state)),
    [],
    'every state is reached',
  );
});
