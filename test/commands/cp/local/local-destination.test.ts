import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  checkFileDestination,
  checkTreeDestination,
  destinationPath,
  resolveDestination,
} from '../../../../src/commands/cp/local/local-destination.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

interface Setup {
  readonly root: string;
  /** The path that the source `log` gets. */
  readonly pathFor: (destination: string, isRecursive?: boolean) => Promise<string>;
}

function setUp(t: TestContext): Setup {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, 'dir'));
  writeFileSync(join(root, 'file'), 'x');
  symlinkSync('file', join(root, 'link'));
  symlinkSync('dir', join(root, 'dir-link'));
  return {
    root,
    async pathFor(destination, isRecursive = false) {
      const path = Buffer.from(`${root}/${destination}`);
      const resolved = await resolveDestination(path, 1, isRecursive);
      const final = await destinationPath(resolved, Buffer.from('log'));
      return final.toString().slice(root.length + 1);
    },
  };
}

describe('the DESTINATION of cp on this machine', () => {
  it('is below a directory that exists, else the path itself', async (t) => {
    const { pathFor } = setUp(t);
    assert.equal(await pathFor('dir'), 'dir/log');
    assert.equal(await pathFor('dir/'), 'dir/log');
    assert.equal(await pathFor('new'), 'new');
    assert.equal(await pathFor('file'), 'file');
    assert.equal(await pathFor('new/', true), 'new');
  });

  it('is what a link points to', async (t) => {
    const { pathFor } = setUp(t);
    assert.equal(await pathFor('link'), 'file');
    assert.equal(await pathFor('dir-link'), 'dir-link/log');
  });

  it('must have a directory that exists', async (t) => {
    const { pathFor } = setUp(t);
    await assert.rejects(pathFor('missing/new'), { code: 'copy-directory-missing' });
    await assert.rejects(pathFor('new/'), { code: 'copy-directory-missing' });
    await assert.rejects(pathFor('file/'), { code: 'copy-needs-directory' });
    await assert.rejects(pathFor('file/new'), { code: 'copy-needs-directory' });
  });

  it('must be a directory for several sources', async (t) => {
    const { root } = setUp(t);
    const resolve = (name: string) => resolveDestination(Buffer.from(join(root, name)), 2, false);
    assert.equal((await resolve('dir')).kind, 'into');
    await assert.rejects(resolve('file'), { code: 'copy-needs-directory' });
    await assert.rejects(resolve('new'), { code: 'copy-directory-missing' });
  });

  it('is no device and no FIFO', async (t) => {
    const fifo = Buffer.from(makeFifo(t));
    await assert.rejects(resolveDestination(fifo, 1, false), { code: 'copy-special-file' });
    await assert.rejects(checkFileDestination(fifo), { code: 'copy-in-the-way' });
  });

  it('is a file for a file, and a directory for a directory', async (t) => {
    const { root } = setUp(t);
    const path = (name: string): Buffer => Buffer.from(join(root, name));
    await checkFileDestination(path('file'));
    await checkFileDestination(path('new'));
    await checkTreeDestination(path('dir'));
    await checkTreeDestination(path('new'));
    await assert.rejects(checkFileDestination(path('dir')), { code: 'copy-in-the-way' });
    await assert.rejects(checkTreeDestination(path('file')), { code: 'copy-in-the-way' });
  });
});
