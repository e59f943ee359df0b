import assert from 'node:assert/strict';

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { runTree, type TreeRequest } from '../../../../src/commands/cp/up/run-tree.ts';
import { packTree } from '../../../../src/commands/cp/tree/pack.ts';
import { execFileSync } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import {
  createLocalTarget,
  TARGET_KINDS,
  TARGET_UMASK,
  type LocalTarget,
} from './support/local-target.ts';

/** A tar archive of a directory, with names such as `./a`. */
function archiveOf(directory: string): Readable {
  return Readable.from([execFileSync('tar', ['-cf', '-', '-C', directory, '.'])]);
}

for (const kind of TARGET_KINDS) {
  describe(`a directory copied to a target with ${kind.name}`, needs(DASH, BUSYBOX), () => {
    async function setUp(
      t: TestContext,
      programs: Readonly<Record<string, string>> = {},
    ): Promise<{
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
      const target = await createLocalTarget(kind, home, { programs });
      t.after(() => assert.equal(target.running(), 0));
      const request: TreeRequest = {
        archive: () => archiveOf(local),
        directory: Buffer.from('tree'),
        mode: 0o755,
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

    it('gets no more permissions than the umask leaves, also as root', async (t) => {
      const { home, local, copy } = await setUp(t);
      chmodSync(join(local, 'a file'), 0o4777);
      chmodSync(join(local, 'empty'), 0o777);
      const archive = (umask: number): Readable =>
        packTree(Buffer.from(local), 'linux', umask, () => undefined);
      const modes = (): readonly string[] =>
        ['a file', 'empty'].map((name) =>
          (lstatSync(join(home, 'tree', name)).mode & 0o7777).toString(8),
        );
      assert.equal(kindOf(await copy({ archive, preserve: false })), 'done');
      const expected = (0o777 & ~TARGET_UMASK).toString(8);
      assert.deepEqual(modes(), [expected, expected]);
      assert.equal(kindOf(await copy({ archive, preserve: true })), 'done');
      assert.deepEqual(modes(), ['777', '777']);
    });

    it('needs no permission to write beside a directory that is there', async (t) => {
      const { home, target, copy } = await setUp(t);
      const tree = join(home, 'tree');
      mkdirSync(tree);
      const seen: string[][] = [];
      target.onInput = (_session, bytes) => {
        if (bytes.toString('latin1').includes('content')) {
          seen.push(readdirSync(home), readdirSync(tree));
        }
      };
      assert.equal(kindOf(await copy()), 'done');
      assert.deepEqual(seen, [['.tools', 'tree'], ['.0a1b2c.part']]);
      assert.deepEqual(readdirSync(tree), ['a file', 'empty', 'link']);
    });

    it('leaves nothing in a directory that was there, or that appears meanwhile', async (t) => {
      const { home, target, copy } = await setUp(t);
      const tree = join(home, 'tree');
      mkdirSync(tree);
      target.onInput = (session, bytes) => {
        if (bytes.toString('latin1').includes('content')) session.cut();
      };
      assert.equal(messageOf(await copy()), 'cut');
      assert.deepEqual(readdirSync(tree), []);
      rmdirSync(tree);
      target.onInput = (_session, bytes) => {
        if (bytes.toString('latin1').includes('content')) mkdirSync(tree);
      };
      assert.equal(
        messageOf(await copy()),
        'tree was created on the target while it was copied. Copy it again.',
      );
      assert.deepEqual(readdirSync(home), ['.tools', 'tree']);
      assert.deepEqual(readdirSync(tree), []);
    });

    it('fails when tar there ends at once', async (t) => {
      const tar = 'echo "tar: broken" >&2\nexit 1';
      const { home, copy } = await setUp(t, { tar });
      assert.equal(
        messageOf(await copy()),
        'Not everything could be unpacked into tree on the target: tar: broken. Copy it again.',
      );
      assert.deepEqual(readdirSync(home), ['.tools']);
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
