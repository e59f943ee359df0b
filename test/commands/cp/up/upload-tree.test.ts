import assert from 'node:assert/strict';

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { runTree, type TreeRequest } from '../../../../src/commands/cp/up/run-tree.ts';
import { execFileSync } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import { createLocalTarget, TARGET_KINDS, type LocalTarget } from './support/local-target.ts';

/** A tar archive of a directory, with names such as `./a`. */
function archiveOf(directory: string): Readable {
  return Readable.from([execFileSync('tar', ['-cf', '-', '-C', directory, '.'])]);
}

for (const kind of TARGET_KINDS) {
  describe(`a directory copied to a target with ${kind.name}`, needs(DASH, BUSYBOX), () => {
    async function setUp(t: TestContext): Promise<{
      readonly home: string;
      /** The directory here: a file, an empty directory with a mode, a link. */
      readonly local: string;
      readonly target: LocalTarget;
      readonly copy: (own?: Partial<TreeRequest>) => Promise<unknown>;
    }> {
      const [home, local] = [temporaryDirectory(t), temporaryDirectory(t)];
      chmodSync(local, 0o755);
      writeFileSync(join(local, 'a file'), 'content', { mode: 0o640 });
      mkdirSync(join(local, 'empty'), { mode: 0o750 });
      symlinkSync('a file', join(local, 'link'));
      const target = await createLocalTarget(kind, home);
      t.after(() => assert.equal(target.running(), 0));
      const request: TreeRequest = {
        archive: () => archiveOf(local),
        directory: Buffer.from('tree'),
        preserve: true,
        sudo: false,
        signal: new AbortController().signal,
        progress: () => undefined,
      };
      return { home, local, target, copy: (own) => runTree({ ...request, ...own }, target) };
    }
    const kindOf = (end: unknown): unknown => (end as { readonly kind: string }).kind;
    const messageOf = (end: unknown): string => (end as { readonly error: Error }).error.message;

    it('gets files, links, modes, times and empty directories', async (t) => {
      const { home, local, copy } = await setUp(t);
      assert.equal(kindOf(await copy()), 'done');
      const tree = join(home, 'tree');
      assert.deepEqual(readdirSync(tree), ['a file', 'empty', 'link']);
      assert.equal(readFileSync(join(tree, 'a file'), 'utf8'), 'content');
      assert.equal(readlinkSync(join(tree, 'link')), 'a file');
      for (const name of ['.', 'a file', 'empty']) {
        assert.equal(lstatSync(join(tree, name)).mode, lstatSync(join(local, name)).mode);
      }
      const seconds = (path: string): number => Math.floor(statSync(path).mtimeMs / 1000);
      assert.equal(seconds(join(tree, 'a file')), seconds(join(local, 'a file')));
      assert.deepEqual(readdirSync(home), ['.tools', 'tree']);
    });

    it('is added to a directory that is there', async (t) => {
      const { home, copy } = await setUp(t);
      mkdirSync(join(home, 'tree'));
      writeFileSync(join(home, 'tree', 'other'), 'stays');
      writeFileSync(join(home, 'tree', 'a file'), 'is replaced');
      assert.equal(kindOf(await copy({ preserve: false })), 'done');
      const tree = join(home, 'tree');
      assert.deepEqual(readdirSync(tree), ['a file', 'empty', 'link', 'other']);
      assert.equal(readFileSync(join(tree, 'a file'), 'utf8'), 'content');
    });

    it('does not appear before it is whole', async (t) => {
      const { home, target, copy } = await setUp(t);
      target.onInput = (session, bytes) => {
        if (bytes.toString('latin1').includes('content')) session.cut();
      };
      assert.equal(messageOf(await copy()), 'cut');
      assert.deepEqual(readdirSync(home), ['.tools']);
    });

    it('fails with one sentence about the destination', async (t) => {
      const { home, copy } = await setUp(t);
      writeFileSync(join(home, 'file'), '');
      const failure = async (own: Partial<TreeRequest>): Promise<string> =>
        messageOf(await copy(own))
          .split('. ', 1)
          .join('');
      assert.equal(
        await failure({ directory: Buffer.from('file') }),
        'file on the target is not a directory',
      );
      assert.equal(
        await failure({ directory: Buffer.from('missing/tree') }),
        'The directory for missing/tree does not exist on the target',
      );
      assert.match(
        await failure({ archive: () => Readable.from([Buffer.alloc(100_000, 'no archive')]) }),
        /^Not everything could be unpacked into tree on the target: tar: /,
      );
      assert.deepEqual(readdirSync(home), ['.tools', 'file']);
    });
  });
}
