import assert from 'node:assert/strict';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { packTree } from '../../../../src/commands/cp/tree/pack.ts';
import { runTree, type TreeRequest } from '../../../../src/commands/cp/up/run-tree.ts';
import type { UploadEnd } from '../../../../src/commands/cp/up/run-upload.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import { listTree } from '../tree/support.ts';
import { createLocalTarget, TARGET_KINDS, type TargetKind } from './support/local-target.ts';
import { makeReadOnlyTree, READ_ONLY_TREE, withoutOverride } from './support/read-only-tree.ts';

async function setUp(
  t: TestContext,
  kind: TargetKind,
  programs: Readonly<Record<string, string>> = {},
): Promise<{
  readonly home: string;
  readonly copy: (local: string, own: Pick<TreeRequest, 'mode' | 'preserve'>) => Promise<UploadEnd>;
}> {
  const home = temporaryDirectory(t);
  const target = await createLocalTarget(withoutOverride(kind), home, { programs });
  t.after(() => assert.equal(target.running(), 0));
  return {
    home,
    copy: (local, { mode, preserve }) =>
      runTree(
        {
          archive: (umask) => packTree(Buffer.from(local), 'linux', umask, () => undefined),
          directory: Buffer.from('tree'),
          mode,
          preserve,
          sudo: false,
          signal: new AbortController().signal,
          progress: () => undefined,
        },
        target,
      ),
  };
}

for (const kind of TARGET_KINDS) {
  describe(
    `a read-only directory copied to a target with ${kind.name}`,
    needs(DASH, BUSYBOX),
    () => {
      it('gets its content, and then its permissions', async (t) => {
        const { home, copy } = await setUp(t, kind);
        const end = await copy(makeReadOnlyTree(t), { mode: 0o555, preserve: true });
        assert.equal(end.kind, 'done');
        assert.deepEqual(
          listTree(home).filter((line) => line.startsWith('tree')),
          READ_ONLY_TREE,
        );
      });

      it('is not left on the target when it cannot be put in its place', async (t) => {
        const { home, copy } = await setUp(t, kind, {
          mv: 'echo "mv: Input/output error" >&2; exit 1',
        });
        const end = await copy(makeReadOnlyTree(t), { mode: 0o555, preserve: false });
        assert.equal(end.kind, 'failed');
        assert.deepEqual(readdirSync(home), ['.tools']);
      });
    },
  );
}

describe('a directory copied to a target where BusyBox unpacks it for a user other than root', () => {
  // For such a user, it sets this option itself (BusyBox 1.35, run: modes are those of the archive less the umask).
  const tar = 'exec busybox tar --no-same-permissions "$@"';
  const kinds = TARGET_KINDS.filter(({ name }) => name === 'BusyBox');

  for (const { preserve, expected } of [
    { preserve: true, expected: ['tree/ 705', 'tree/file 666 x'] },
    { preserve: false, expected: ['tree/ 700', 'tree/file 640 x'] },
  ]) {
    it(
      `has the permissions ${preserve ? 'of the source' : 'that the umask leaves'}`,
      needs(BUSYBOX),
      async (t) => {
        const local = temporaryDirectory(t);
        writeFileSync(join(local, 'file'), 'x');
        chmodSync(join(local, 'file'), 0o666);
        for (const kind of kinds) {
          const { home, copy } = await setUp(t, kind, { tar });
          const end = await copy(local, { mode: 0o705, preserve });
          assert.equal(end.kind, 'done');
          assert.deepEqual(
            listTree(home).filter((line) => line.startsWith('tree')),
            expected,
          );
        }
      },
    );
  }
});
