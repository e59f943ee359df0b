import { after, type TestContext } from 'node:test';

/** Something at whose end resources are released: a test, or a suite. */
export type CleanupScope = Pick<TestContext, 'after'>;

/**
 * The scope of a suite, to be made in the body of `describe`. (`after()` called from a `before()`
 * would run at the end of that.) The last resource is released first.
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
