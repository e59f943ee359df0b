import { after, type TestContext } from 'node:test';

/** Something at whose end things are given back: a test, or a suite. */
export type CleanupScope = Pick<TestContext, 'after'>;

/**
 * The scope of a suite, to be made in the body of `describe`. (`after()` called from a `before()`
 * would run when that is over.) The last thing made goes first.
 */
export function suiteScope(): CleanupScope {
  const works: (() => unknown)[] = [];
  after(async () => {
    for (const work of works.reverse()) await work();
  });
  return {
    after: (work) => {
      if (work !== undefined) works.push(work as () => unknown);
    },
  };
}
