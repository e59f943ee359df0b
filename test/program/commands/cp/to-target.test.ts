import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { TARGET } from '../../support/target.ts';
import { SYSFS_FILE, WITH_SYSFS } from './support/kernel-files.ts';
import { startTwoMachines } from './support/two-machines.ts';

const MODIFIED = new Date('2020-02-03T04:05:06Z');
/** Names that a shell, a program or a text format could take for something else. */
const NAMES = ['a b', "it's", '"$HOME"', './-rf', 'line\nfeed\n', 'Zürich', '%s\\n', '*'] as const;

describe('cp to a target', () => {
  it('copies a file, and reports it in one line', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    const content = randomBytes(2_000_017);
    writeFileSync(join(here, 'data.bin'), content, { mode: 0o640 });
    const { status, stdout, stderr } = await cp('data.bin', 'T:copy.bin');
    assert.match(
      stderr,
      new RegExp(
        `^Copied data\\.bin to ${TARGET}:copy\\.bin: 1\\.9 MiB in \\d+:\\d\\d \\(.*/s\\)\\n$`,
      ),
    );
    assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
    assert.ok(readFileSync(join(there, 'copy.bin')).equals(content));
    assert.equal(statSync(join(there, 'copy.bin')).mode & 0o7777, 0o640);
    await checkNothingLeft();
  });

  it('copies names of any bytes, several at a time, and files of 0 bytes and of 1 byte', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    for (const name of NAMES) writeFileSync(join(here, name), name);
    writeFileSync(join(here, 'empty'), '');
    writeFileSync(join(here, 'one'), 'x');
    const { status, stderr } = await cp('-q', ...NAMES, 'empty', 'one', 'T:.');
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    for (const name of NAMES) assert.equal(readFileSync(join(there, name), 'utf8'), name);
    assert.equal(readFileSync(join(there, 'empty'), 'utf8'), '');
    assert.equal(readFileSync(join(there, 'one'), 'utf8'), 'x');
  });

  it('keeps the time with -p', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    writeFileSync(join(here, 'f'), 'x');
    chmodSync(join(here, 'f'), 0o666);
    utimesSync(join(here, 'f'), MODIFIED, MODIFIED);
    assert.equal((await cp('-q', '-p', 'f', 'T:kept')).status, 0);
    assert.deepEqual(statSync(join(there, 'kept')).mtime, MODIFIED);
    assert.equal(statSync(join(there, 'kept')).mode & 0o777, 0o666);
  });

  it('reads stdin to its end', async (t) => {
    const { there, start, checkNothingLeft } = await startTwoMachines(t);
    const content = randomBytes(700_000);
    const program = start(['-q', '-', 'T:piped']);
    program.stdin.end(content);
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.ok(readFileSync(join(there, 'piped')).equals(content));
    await checkNothingLeft();
  });

  it('reads files of the kernel, whose sizes are not true', WITH_SYSFS, async (t) => {
    const { there, cp } = await startTwoMachines(t);
    const files = [SYSFS_FILE, '/proc/version'];
    assert.deepEqual(await cp('-q', ...files, 'T:'), { status: 0, stdout: '', stderr: '' });
    for (const file of files) {
      const copy = join(there, basename(file));
      assert.equal(readFileSync(copy, 'utf8'), readFileSync(file, 'utf8'));
      assert.equal(statSync(copy).mode & 0o777, statSync(file).mode & 0o777);
    }
  });

  it('copies a directory, with links, permissions and empty directories', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    mkdirSync(join(here, 'tree', 'empty'), { recursive: true });
    writeFileSync(join(here, 'tree', 'a'), 'a');
    writeFileSync(join(here, 'tree', 'program'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync('a', join(here, 'tree', 'link'));
    const { status, stderr } = await cp('-r', 'tree', 'T:');
    assert.match(stderr, new RegExp(`^Copied tree to ${TARGET}:: 3 files, .*\\n$`));
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(join(there, 'tree')).sort(), ['a', 'empty', 'link', 'program']);
    assert.ok(statSync(join(there, 'tree', 'program')).mode & 0o100);
    await checkNothingLeft();
  });

  it('gives a directory a new name, and adds to one that exists', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    mkdirSync(join(here, 'tree'));
    writeFileSync(join(here, 'tree', 'a'), 'a');
    assert.equal((await cp('-q', '-r', 'tree', 'T:new')).status, 0);
    writeFileSync(join(there, 'new', 'b'), 'b');
    writeFileSync(join(here, 'tree', 'a'), 'again');
    assert.equal((await cp('-q', '-r', 'tree/.', 'T:new')).status, 0);
    assert.deepEqual(readdirSync(join(there, 'new')).sort(), ['a', 'b']);
    assert.equal(readFileSync(join(there, 'new', 'a'), 'utf8'), 'again');
  });
});

describe('cp to a target fails with one sentence', () => {
  const cases = [
    ['for a file that does not exist', ['missing', 'T:'], /^"missing" does not exist on this mach/],
    [
      'for a directory without -r',
      ['dir', 'T:'],
      /^"dir" on this machine is a directory\. Add -r /,
    ],
    ['for a directory there that does not exist', ['f', 'T:no/f'], /no\/f/],
    [
      'for several sources without a directory',
      ['f', 'g', 'T:new'],
      /^The directory ".*\/new" does/,
    ],
    [
      'for a directory with stdin',
      ['-', 'T:place'],
      /^The destination ".*\/place" .* stdin has no/,
    ],
    ['for a directory in the place of a file', ['f', 'T:place'], /place\/f/],
  ] as const;
  for (const [name, args, message] of cases) {
    it(name, async (t) => {
      const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
      writeFileSync(join(here, 'f'), 'x');
      mkdirSync(join(here, 'dir'));
      mkdirSync(join(there, 'place', 'f'), { recursive: true });
      const { status, stderr } = await cp(...args);
      assert.match(stderr.replace(/^session-manager-plugin: /, ''), message);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.equal(status, 255);
      await checkNothingLeft();
    });
  }
});
