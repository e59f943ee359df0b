import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { measureTree, packTree } from '../../../../src/commands/cp/tree/pack.ts';
import { createStagedTree } from '../../../../src/commands/cp/tree/staged-tree.ts';
import { childEnded, execFileSync, spawn } from '../../../support/child-process.ts';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BSDTAR, BUSYBOX } from '../../../support/tools.ts';
import { copyArchive, listTree, makePlace } from './support.ts';

const NEVER = new AbortController().signal;
const MODIFIED = new Date('2020-02-03T04:05:06Z');

/** Tars of targets: words before their options. */
const TARS = [
  ['GNU tar', ['tar'], needs()],
  ['BusyBox', ['busybox', 'tar'], needs(BUSYBOX)],
  ['bsdtar', ['bsdtar'], needs(BSDTAR)],
] as const;

/** A directory with all that a copy has to keep. */
function makeTree(t: CleanupScope): string {
  const tree = join(temporaryDirectory(t), 'tree');
  mkdirSync(join(tree, 'empty'), { recursive: true });
  mkdirSync(join(tree, 'dir', 'below'), { recursive: true });
  const files = [
    'a b',
    "quote's",
    '-rf',
    'line\nfeed',
    'Zürich',
    'x'.repeat(200),
    'a\\b',
    'a:b',
    '$HOME',
  ];
  for (const name of files) writeFileSync(join(tree, 'dir', 'below', name), name);
  writeFileSync(
    Buffer.concat([Buffer.from(`${tree}/dir/`), Buffer.from('caf\xe9', 'latin1')]),
    'not UTF-8',
  );
  writeFileSync(join(tree, 'nothing'), '');
  writeFileSync(join(tree, 'block'), 'x'.repeat(512));
  writeFileSync(join(tree, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(tree, 'secret'), 's', { mode: 0o600 });
  symlinkSync('dir/below', join(tree, 'link'));
  symlinkSync('/nowhere', join(tree, 'absolute'));
  symlinkSync('y'.repeat(180), join(tree, 'long'));
  chmodSync(join(tree, 'empty'), 0o750);
  for (const path of ['program', 'dir/below', 'dir', 'empty', '.']) {
    utimesSync(join(tree, path), MODIFIED, MODIFIED);
  }
  return tree;
}

describe('the archive of a directory of this machine', () => {
  for (const [name, [program, ...before], options] of TARS) {
    it(`is unpacked by ${name}`, options, async (t) => {
      const tree = makeTree(t);
      const to = join(temporaryDirectory(t), 'to');
      mkdirSync(to);
      const tar = spawn(program, [...before, '-xpf', '-'], {
        cwd: to,
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      const ended = childEnded(tar);
      await pipeline(
        packTree(Buffer.from(tree), 'linux', 0, () => undefined),
        tar.stdin,
      );
      await ended;
      assert.equal(tar.exitCode, 0);
      assert.deepEqual(listTree(to), listTree(tree));
      assert.deepEqual(statSync(join(to, 'program')).mtime, MODIFIED);
      assert.deepEqual(statSync(join(to, 'dir')).mtime, MODIFIED);
    });
  }

  it('has as many bytes as were counted, and a number of files', async (t) => {
    const tree = makeTree(t);
    chmodSync(tree, 0o710);
    const measured = await measureTree(Buffer.from(tree), 'linux', NEVER);
    const { files, skipped, archiveBytes, mode } = measured;
    const archive = await packTree(Buffer.from(tree), 'linux', 0, () => undefined).toArray();
    assert.equal(Buffer.concat(archive as Buffer[]).length, archiveBytes);
    assert.deepEqual({ files, skipped, mode }, { files: 17, skipped: 0, mode: 0o710 });
  });

  it('is not counted to its end when the user stops it', async (t) => {
    const tree = makeTree(t);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(measureTree(Buffer.from(tree), 'linux', stopped), { message: 'stopped' });
  });

  it('leaves out FIFOs, and counts them', async (t) => {
    const tree = dirname(makeFifo(t));
    const { files, skipped } = await measureTree(Buffer.from(tree), 'linux', NEVER);
    assert.deepEqual({ files, skipped }, { files: 0, skipped: 1 });
    await packTree(Buffer.from(tree), 'linux', 0, () => undefined).toArray();
  });

  it('contains the directory that a link names, not the link', async (t) => {
    const tree = makeTree(t);
    const link = join(temporaryDirectory(t), 'link');
    symlinkSync(tree, link);
    const { copies } = makePlace(t);
    await copyArchive(
      packTree(Buffer.from(link), 'linux', 0, () => undefined),
      join(copies, 'tree'),
    );
    assert.deepEqual(listTree(join(copies, 'tree')), listTree(tree));
  });

  it('has the size of a file above 8 GiB', async (t) => {
    const tree = temporaryDirectory(t);
    const size = 9 * 1024 ** 3;
    const file = openSync(join(tree, 'large'), 'w');
    ftruncateSync(file, size);
    closeSync(file);
    const archive = packTree(Buffer.from(tree), 'linux', 0, () => undefined);
    const listed = spawn('tar', ['-tvf', '-'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = listed.stdout.setEncoding('utf8').toArray();
    // Only the headers: the content would take long to read.
    listed.stdin.on('error', () => undefined);
    for await (const chunk of archive) {
      listed.stdin.write(chunk);
      if ((chunk as Buffer).length > 512) break;
    }
    listed.stdin.end();
    assert.match((await lines).join(''), new RegExp(` ${size} .* ./large`));
  });

  it('fails when a file becomes shorter', async (t) => {
    const tree = temporaryDirectory(t);
    const path = join(tree, 'log');
    writeFileSync(path, Buffer.alloc(2_000_000));
    const file = openSync(path, 'r+');
    t.after(() => closeSync(file));
    const archive = packTree(Buffer.from(tree), 'linux', 0, () => undefined);
    await assert.rejects(
      pipeline(archive, async function (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) if (chunk.length > 512) ftruncateSync(file, 600_000);
      }),
      { code: 'copy-shrunk' },
    );
  });
});

describe('an archive of a target', () => {
  for (const [name, [program, ...before], options] of TARS) {
    const format = program === 'bsdtar' ? ['--format', 'gnutar'] : [];
    it(`of ${name} becomes the same directory here`, options, async (t) => {
      const tree = makeTree(t);
      const { copies } = makePlace(t);
      const bytes = execFileSync(program, [...before, ...format, '-cf', '-', '.'], { cwd: tree });
      const to = join(copies, 'tree');
      const { files, skipped } = await copyArchive(
        Readable.from([bytes], { objectMode: false }),
        to,
        true,
      );
      assert.deepEqual(listTree(to), listTree(tree));
      assert.deepEqual({ files, skipped }, { files: 17, skipped: 0 });
      for (const path of ['program', 'dir', 'dir/below', '.']) {
        assert.deepEqual(statSync(join(to, path)).mtime, MODIFIED);
      }
    });
  }

  it('has names in UTF-8 in the format of POSIX', needs(BSDTAR), async (t) => {
    const tree = join(temporaryDirectory(t), 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, `Zürich${'x'.repeat(150)}`), 'z');
    symlinkSync('ü'.repeat(90), join(tree, 'link'));
    const { copies } = makePlace(t);
    const bytes = execFileSync('bsdtar', ['--format', 'pax', '-cf', '-', '.'], { cwd: tree });
    await copyArchive(Readable.from([bytes], { objectMode: false }), join(copies, 'tree'));
    assert.deepEqual(listTree(join(copies, 'tree')), listTree(tree));
  });

  it('keeps hard links', async (t) => {
    const tree = temporaryDirectory(t);
    writeFileSync(join(tree, 'a'), 'x');
    execFileSync('ln', [join(tree, 'a'), join(tree, 'b')]);
    const { copies } = makePlace(t);
    const bytes = execFileSync('tar', ['-cf', '-', '.'], { cwd: tree });
    const to = join(copies, 'tree');
    await copyArchive(Readable.from([bytes], { objectMode: false }), to);
    assert.equal(statSync(join(to, 'a')).ino, statSync(join(to, 'b')).ino);
  });

  it('is merged into a directory that exists, which keeps its other files', async (t) => {
    const { root, copies } = makePlace(t);
    const tree = join(copies, 'tree');
    mkdirSync(join(tree, 'dir'), { recursive: true, mode: 0o700 });
    writeFileSync(join(tree, 'dir', 'old'), 'old');
    writeFileSync(join(tree, 'dir', 'both'), 'old');
    const from = join(root, 'from');
    mkdirSync(join(from, 'dir', 'new'), { recursive: true });
    writeFileSync(join(from, 'dir', 'both'), 'new');
    writeFileSync(join(from, 'dir', 'new', 'file'), 'new');
    chmodSync(join(from, 'dir', 'new'), 0o555);
    const bytes = execFileSync('tar', ['-cf', '-', '.'], { cwd: from });
    chmodSync(join(from, 'dir', 'new'), 0o755);
    await copyArchive(Readable.from([bytes], { objectMode: false }), tree);
    assert.deepEqual(listTree(tree), [
      'dir/ 700',
      'dir/both 644 new',
      'dir/new/ 555',
      'dir/new/file 644 new',
      'dir/old 644 old',
    ]);
  });

  it('is merged into files that keep their permissions, unless those of the copy are wanted', async (t) => {
    const { root, copies } = makePlace(t);
    const tree = join(copies, 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, 'secret'), 'old', { mode: 0o600 });
    const from = join(root, 'from');
    mkdirSync(from);
    writeFileSync(join(from, 'secret'), 'new', { mode: 0o644 });
    const bytes = execFileSync('tar', ['-cf', '-', '.'], { cwd: from });
    const archive = (): Readable => Readable.from([bytes], { objectMode: false });
    await copyArchive(archive(), tree);
    assert.deepEqual(listTree(tree), ['secret 600 new']);
    await copyArchive(archive(), tree, true);
    assert.deepEqual(listTree(tree), ['secret 644 new']);
  });

  it('is not put over a directory that was created meanwhile', async (t) => {
    const { copies } = makePlace(t);
    const directory = join(copies, 'tree');
    const staged = await createStagedTree(Buffer.from(directory), 'test');
    t.after(() => staged.discard());
    mkdirSync(directory);
    writeFileSync(join(directory, 'other'), 'other');
    const attributes = { directories: [], umask: 0, keepTimes: false, changesModes: false };
    await assert.rejects(staged.publish(attributes), { code: 'copy-appeared' });
    assert.deepEqual(readdirSync(directory), ['other']);
  });

  it('is not merged where a file is in the place of a directory', async (t) => {
    const { copies } = makePlace(t);
    const tree = join(copies, 'tree');
    mkdirSync(join(tree, 'file'), { recursive: true });
    writeFileSync(join(tree, 'a'), 'old');
    const before = listTree(copies);
    const from = temporaryDirectory(t);
    const fd = openSync(join(from, 'file'), 'w');
    writeSync(fd, 'x');
    closeSync(fd);
    writeFileSync(join(from, 'a'), 'new');
    const bytes = execFileSync('tar', ['-cf', '-', '.'], { cwd: from });
    await assert.rejects(copyArchive(Readable.from([bytes], { objectMode: false }), tree), {
      code: 'copy-in-the-way',
    });
    assert.deepEqual(listTree(copies), before);
  });
});
