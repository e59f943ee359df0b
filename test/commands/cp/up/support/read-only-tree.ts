import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupScope } from '../../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import type { TargetKind } from './local-target.ts';

/** A target where permissions count for root, too, as they do for the users of sessions. */
export function withoutOverride(kind: TargetKind): TargetKind {
  if (process.getuid?.() !== 0) return kind;
  const shell = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', ...kind.shell];
  return { ...kind, shell };
}

/** A directory that its owner may not write to, and that contains others. */
export function makeReadOnlyTree(t: CleanupScope): string {
  const tree = join(temporaryDirectory(t), 'local');
  mkdirSync(join(tree, 'closed', 'inner'), { recursive: true });
  writeFileSync(join(tree, 'closed', 'file'), 'x');
  writeFileSync(join(tree, 'closed', 'inner', 'file'), 'y', { mode: 0o600 });
  chmodSync(join(tree, 'closed', 'inner'), 0o500);
  chmodSync(join(tree, 'closed'), 0o555);
  chmodSync(tree, 0o555);
  return tree;
}

/** What `listTree` finds where it was copied to `tree`. */
export const READ_ONLY_TREE = [
  'tree/ 555',
  'tree/closed/ 555',
  'tree/closed/file 644 x',
  'tree/closed/inner/ 500',
  'tree/closed/inner/file 600 y',
];
