import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { isCommandError } from '../../../../src/cli/framework/command-context.ts';
import { tarHeader } from '../../../../src/commands/cp/tree/tar-header.ts';
import { archiveOf, copyArchive, listTree, makePlace, type Entry } from './support.ts';

/** Copies an archive that must be refused. @returns the code and the text of the failure */
async function refused(archive: Readable, directory: string): Promise<string> {
  try {
    await copyArchive(archive, directory);
  } catch (error) {
    if (isCommandError(error)) return `${error.code}: ${error.problem}`;
    throw error;
  }
  return assert.fail('the archive was copied');
}

describe('cp -r with an archive of a hostile target', () => {
  const leaving: readonly (readonly [name: string, entry: Entry])[] = [
    ['an absolute path', { name: '/escaped', text: 'x' }],
    ['an absolute directory', { name: '/escaped/', type: 'directory' }],
    ['a path that goes up', { name: '../escaped', text: 'x' }],
    ['a path that goes up in its middle', { name: './a/../../escaped', text: 'x' }],
    ['a symbolic link at a path that goes up', { name: '../l', type: 'symlink', linkname: 'x' }],
    ['a hard link to a file outside', { name: 'a', type: 'link', linkname: '../outside' }],
    ['a hard link to an absolute path', { name: 'a', type: 'link', linkname: '/etc/passwd' }],
    ['a device that goes up', { name: '../d', type: 'character-device' }],
  ];
  for (const [name, entry] of leaving) {
    it(`refuses ${name}, and changes nothing`, async (t) => {
      const { root, copies } = makePlace(t);
      writeFileSync(join(root, 'outside'), 'unharmed');
      const before = listTree(root);
      const archive = archiveOf({ name: './', type: 'directory' }, { name: 'first' }, entry);
      assert.match(
        await refused(archive, join(copies, 'tree')),
        /^copy-archive-unsafe: The target sent ".*", a path .*Nothing was changed/,
      );
      assert.deepEqual(listTree(root), before);
    });
  }

  it('writes nothing through a symbolic link in the archive', async (t) => {
    const { root, copies } = makePlace(t);
    const outside = join(root, 'outside');
    mkdirSync(outside);
    const before = listTree(root);
    const archive = archiveOf(
      { name: 'door', type: 'symlink', linkname: outside },
      { name: 'door/escaped', text: 'x' },
    );
    assert.match(await refused(archive, join(copies, 'tree')), /^copy-unwritable/);
    assert.deepEqual(listTree(root), before);
  });

  it('writes nothing through a symbolic link to a file', async (t) => {
    const { root, copies } = makePlace(t);
    writeFileSync(join(root, 'outside'), 'unharmed');
    const before = listTree(root);
    const archive = archiveOf(
      { name: 'file', type: 'symlink', linkname: join(root, 'outside') },
      { name: 'file', text: 'x' },
    );
    assert.match(await refused(archive, join(copies, 'tree')), /^copy-unwritable/);
    assert.deepEqual(listTree(root), before);
  });

  it('makes no hard link to what a symbolic link in the archive points to', async (t) => {
    const { root, copies } = makePlace(t);
    writeFileSync(join(root, 'outside'), 'unharmed');
    const archive = archiveOf(
      { name: 'soft', type: 'symlink', linkname: join(root, 'outside') },
      { name: 'hard', type: 'link', linkname: 'soft' },
    );
    assert.match(await refused(archive, join(copies, 'tree')), /^copy-unwritable/);
  });

  it('writes nothing through a symbolic link that an earlier copy has made', async (t) => {
    const { root, copies } = makePlace(t);
    const outside = join(root, 'outside');
    const tree = join(copies, 'tree');
    mkdirSync(outside);
    await copyArchive(archiveOf({ name: 'door', type: 'symlink', linkname: outside }), tree);
    const before = listTree(root);
    const archive = archiveOf({ name: 'a', text: 'x' }, { name: 'door/escaped', text: 'x' });
    assert.equal(
      await refused(archive, tree),
      `copy-in-the-way: "${tree}/door" is a symbolic link, and the copy has a directory there. Nothing was changed.`,
    );
    assert.deepEqual(listTree(root), before);
  });

  it('replaces a symbolic link in the place of a file, and not what it points to', async (t) => {
    const { root, copies } = makePlace(t);
    const tree = join(copies, 'tree');
    mkdirSync(tree);
    writeFileSync(join(root, 'outside'), 'unharmed');
    symlinkSync(join(root, 'outside'), join(tree, 'file'));
    await copyArchive(archiveOf({ name: 'file', mode: 0o644, text: 'new' }), tree);
    assert.deepEqual(listTree(root), [
      'copies/ 755',
      'copies/tree/ 755',
      'copies/tree/file 644 new',
      'outside 644 unharmed',
    ]);
  });

  it('takes over no bit for set-user-id, and only permissions within the umask', async (t) => {
    const { copies } = makePlace(t);
    await copyArchive(
      archiveOf(
        { name: './', type: 'directory', mode: 0o7777 },
        { name: 'program', mode: 0o6777, text: 'x' },
      ),
      join(copies, 'tree'),
    );
    assert.deepEqual(listTree(copies), ['tree/ 755', 'tree/program 755 x']);
  });

  it('makes no device and no FIFO', async (t) => {
    const { copies } = makePlace(t);
    const { files, skipped } = await copyArchive(
      archiveOf(
        { name: 'disk', type: 'block-device', devmajor: 8 },
        { name: 'pipe', type: 'fifo' },
        { name: 'file', mode: 0o644, text: 'x' },
      ),
      join(copies, 'tree'),
    );
    assert.deepEqual({ files, skipped }, { files: 1, skipped: 2 });
    assert.deepEqual(listTree(join(copies, 'tree')), ['file 644 x']);
  });

  it('names it on one line, whatever its name contains', async (t) => {
    const { copies } = makePlace(t);
    const name = '../a\nsession-manager-plugin: all is well\u001b[31m';
    assert.equal(
      (await refused(archiveOf({ name, text: 'x' }), join(copies, 'tree'))).split('. ')[0],
      String.raw`copy-archive-unsafe: The target sent "../a\u000asession-manager-plugin: all is well\u001b[31m", a path that leaves the directory`,
    );
  });

  it('refuses two entries of the same name', async (t) => {
    const { root, copies } = makePlace(t);
    const archive = archiveOf({ name: 'a', text: '1' }, { name: 'a', text: '2' });
    assert.match(await refused(archive, join(copies, 'tree')), /^copy-unwritable/);
    assert.deepEqual(listTree(root), ['copies/ 755']);
  });

  it('refuses an archive that ends too early, or is none', async (t) => {
    const { root, copies } = makePlace(t);
    const whole = Buffer.concat(await archiveOf({ name: 'a', text: 'x'.repeat(2000) }).toArray());
    for (const [bytes, why] of [
      [whole.subarray(0, 1000), 'it ends too early'],
      [Buffer.alloc(512, 'x'), 'a header in it is damaged'],
    ] as const) {
      const archive = Readable.from([bytes], { objectMode: false });
      assert.match(
        await refused(archive, join(copies, 'tree')),
        new RegExp(`^copy-archive-damaged: .*: ${why}\\. Nothing was changed`),
      );
    }
    assert.deepEqual(listTree(root), ['copies/ 755']);
  });

  it('refuses an archive that fills the memory with symbolic links', async (t) => {
    const { root, copies } = makePlace(t);
    const linkTo = Buffer.alloc(1_000_000, 'b');
    const archive = Readable.from(
      (function* () {
        for (let i = 0; ; i++) {
          const path = Buffer.from(`link-${i}`);
          yield tarHeader({ kind: 'link', path, linkTo, mode: 0, size: 0, modifiedAt: 0 });
        }
      })(),
      { objectMode: false },
    );
    assert.match(
      await refused(archive, join(copies, 'tree')),
      /^copy-archive-damaged: .* too many directories and symbolic links/,
    );
    assert.deepEqual(listTree(root), ['copies/ 755']);
  });

  it('refuses a path that is longer than any system allows', async (t) => {
    const { copies } = makePlace(t);
    const path = Buffer.alloc(1_000_000, 'a/');
    const linkTo = Buffer.alloc(0);
    const bytes = tarHeader({ kind: 'file', path, linkTo, mode: 0, size: 0, modifiedAt: 0 });
    const archive = Readable.from([bytes], { objectMode: false });
    assert.match(await refused(archive, join(copies, 'tree')), /^copy-archive-unsafe.* too long/);
  });

  it('refuses on Windows what is more than a name there', async (t) => {
    const { copies } = makePlace(t);
    const names = ['a:b', 'a\\..\\..\\b', 'nul', 'COM1.txt', 'a.', 'a ', 'a*', 'caf\xe9'];
    for (const name of names) {
      const path = Buffer.from(name, 'latin1');
      const bytes = tarHeader({
        kind: 'file',
        path,
        linkTo: Buffer.alloc(0),
        mode: 0,
        size: 0,
        modifiedAt: 0,
      });
      const archive = Readable.from([bytes], { objectMode: false });
      await assert.rejects(copyArchive(archive, join(copies, 'tree'), false, 'win32'), {
        code: 'copy-name-unusable',
      });
    }
    assert.deepEqual(listTree(copies), []);
  });
});
