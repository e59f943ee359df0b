import assert from 'node:assert/strict';
import {
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
import { uploadTreeThroughS3 } from '../../../../src/commands/cp/s3/tree-through-s3.ts';
import { packTree } from '../../../../src/commands/cp/tree/pack.ts';
import type { TreeRequest } from '../../../../src/commands/cp/up/run-tree.ts';
import type { UploadEnd } from '../../../../src/commands/cp/up/run-upload.ts';
import { execFileSync } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, CURL, DASH } from '../../../support/tools.ts';
import { listTree } from '../tree/support.ts';
import { TARGET_KINDS } from '../up/support/local-target.ts';
import { makeReadOnlyTree, READ_ONLY_TREE, withoutOverride } from '../up/support/read-only-tree.ts';
import { startS3Copies } from './support/s3-copies.ts';

function archive(t: TestContext): Readable {
  const local = temporaryDirectory(t);
  writeFileSync(join(local, 'a file'), 'content', { mode: 0o640 });
  mkdirSync(join(local, 'empty'), { mode: 0o750 });
  symlinkSync('a file', join(local, 'link'));
  return Readable.from([execFileSync('tar', ['-cf', '-', '-C', local, '.'])]);
}

function request(own: Pick<TreeRequest, 'archive'> & Partial<TreeRequest>): TreeRequest {
  return {
    directory: Buffer.from('tree'),
    mode: 0o755,
    preserve: true,
    sudo: false,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...own,
  };
}

function messageOf(end: UploadEnd): string {
  assert.equal(end.kind, 'failed');
  return end.error.message;
}

for (const kind of TARGET_KINDS) {
  describe(
    `a directory copied through S3 to a target with ${kind.name}`,
    needs(DASH, BUSYBOX, CURL),
    () => {
      it('is read-only only when it has its content', async (t) => {
        const { home, host } = await startS3Copies(t, withoutOverride(kind));
        const local = Buffer.from(makeReadOnlyTree(t));
        const own = {
          archive: (umask: number) => packTree(local, 'linux', umask, () => undefined),
          mode: 0o555,
        };
        const end = await uploadTreeThroughS3(request(own), host);
        assert.equal(end.kind, 'done');
        assert.deepEqual(
          listTree(home).filter((line) => line.startsWith('tree')),
          READ_ONLY_TREE,
        );
        assert.deepEqual(readdirSync(home), ['.tools', 'tree']);
      });

      it('gets files, links, modes and empty directories', async (t) => {
        const { home, host } = await startS3Copies(t, kind);
        const end = await uploadTreeThroughS3(request({ archive: () => archive(t) }), host);
        assert.equal(end.kind, 'done');
        const tree = join(home, 'tree');
        assert.deepEqual(readdirSync(tree), ['a file', 'empty', 'link']);
        assert.equal(readFileSync(join(tree, 'link'), 'utf8'), 'content');
        assert.equal(readlinkSync(join(tree, 'link')), 'a file');
        assert.equal(statSync(join(tree, 'empty')).mode & 0o777, 0o750);
        assert.deepEqual(readdirSync(home), ['.tools', 'tree']);
      });

      it('is added to a directory that is there', async (t) => {
        const { home, host } = await startS3Copies(t, kind);
        mkdirSync(join(home, 'tree'));
        writeFileSync(join(home, 'tree', 'other'), 'stays');
        const end = await uploadTreeThroughS3(
          request({ archive: () => archive(t), preserve: false }),
          host,
        );
        assert.equal(end.kind, 'done');
        assert.deepEqual(readdirSync(join(home, 'tree')), ['a file', 'empty', 'link', 'other']);
      });

      it('leaves nothing when it fails', async (t) => {
        const { home, host } = await startS3Copies(t, kind);
        writeFileSync(join(home, 'file'), '');
        const inTheWay = request({ archive: () => archive(t), directory: Buffer.from('file') });
        assert.match(
          messageOf(await uploadTreeThroughS3(inTheWay, host)),
          /^file on the target is not/,
        );
        const noArchive = request({
          archive: () => Readable.from([Buffer.alloc(100_000, 'no archive')]),
        });
        assert.match(
          messageOf(await uploadTreeThroughS3(noArchive, host)),
          /^(?:tar on the target|Not everything could be unpacked)/,
        );
        assert.deepEqual(readdirSync(home), ['.tools', 'file']);
      });
    },
  );
}
