import type { TestContext } from 'node:test';
import { TARGET_NAMES } from '../../../build/targets.ts';
import { downloadsOf } from '../../../packaging/downloads.ts';
import { VERSION } from '../../support/product.ts';
import { requireTargets } from './made-targets.ts';

/** {@link requireTargets} by the names of packages, as `packagePath` takes them. */
export function requirePackages(t: TestContext, ...names: readonly string[]): boolean {
  const targets = TARGET_NAMES.filter((target) =>
    downloadsOf(target, { version: VERSION, compression: 'small' }).some(({ path }) =>
      names.includes(path),
    ),
  );
  return requireTargets(t, ...targets);
}
